package leaderboard

// Versions returns the version of the definition of every score by name. The version of
// a computed score begins with it; the missing inputs follow after a comma.
func Versions() map[string]string {
	return map[string]string{
		CARLA20: leaderboard20.version, CARLA21: leaderboard21.version, Bench2Drive: bench2DriveRules.version,
		NuPlan: nuPlanVersion, PDMS: pdmsVersion, EPDMS: epdmsVersion, Severity: severityVersion,
	}
}
