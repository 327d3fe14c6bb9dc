package fusion

import "roadloop/sim/clock"

// Params tune the fusion. DefaultParams returns the values used when driving.
type Params struct {
	// Errors of the camera network: the standard deviation of a distance as a share of it,
	// and that of a bearing, rad: 3 pixels of the front camera. Distances come from one
	// image, so their error grows with the distance.
	CameraRangeStd, CameraBearingStd float64
	// CameraHeadingGain is the weight of a measured heading: single ones are rough.
	CameraHeadingGain float64
	// MinScore is the minimum score of a detection: lower ones are noise. NewScore is the
	// minimum score of one that starts a track: a known track supports a weak detection.
	MinScore, NewScore float64
	// DetectRateGain is the weight of one image in a track's detection rate: about 20
	// images, one second.
	DetectRateGain float64

	// Errors of the radar, slightly above those of real radars: standard deviations of
	// range, m, azimuth, rad, and range rate, m/s.
	RadarRangeStd, RadarAzimuthStd, RadarSpeedStd float64
	// RadarView is the half angle of the field of view in which the radar must detect
	// vehicles, rad: less than the nominal one, because its edge is unreliable.
	RadarView float64
	// MovingSpeed is the minimum speed over ground of a moving target, m/s: the echoes of
	// static objects reach it only by errors.
	MovingSpeed float64

	// CameraGate, LidarGate and RadarGate are the costs above which a measurement is not
	// assigned to a track, chi-squared: 99.75 % and 99.9 % with two degrees of freedom,
	// 99.9 % with three (position and speed).
	CameraGate, LidarGate, RadarGate float64

	// ClusterGap is the maximum distance between neighboring lidar returns of one object,
	// m, or ClusterScale times the distance between rays, since sides are seen at a slant.
	ClusterGap, ClusterScale float64
	// SectorDepth is the maximum difference in distance of returns of one object in one
	// direction, m: the rings hit the sloped front of a car at different distances.
	SectorDepth float64

	// MaxObjectSpan is the maximum span of an object, m: longer clusters are walls.
	// MaxPersonSpan is that of a person, and MaxCarLength the length above which a vehicle
	// is a truck or bus.
	MaxObjectSpan, MaxPersonSpan, MaxCarLength float64
	// RoadMargin is the width of the roadside from which people may step onto the road, m.
	RoadMargin float64
	// MinPersonHeight and MinObstacleHeight are the least heights of people and of
	// obstacles worth stopping for, and LowObjectHeight is above those of cones, boxes and
	// guardrails, m.
	MinPersonHeight, MinObstacleHeight, LowObjectHeight float64

	// Log odds of existence: before the first measurement; to confirm a track (existence
	// 0.70); to take that back, with a hysteresis; and to delete a track.
	InitialLogOdds, ConfirmLogOdds, UnconfirmLogOdds, DeleteLogOdds float64
	// Weights of the evidence of one measurement: below 1, since errors persist from one
	// measurement to the next. The network repeats a false detection in every frame, so
	// its weight is the lowest. SeenPastWeight is that of rays behind a track: many agree.
	CameraWeight, RadarWeight, LidarWeight, SeenPastWeight float64
	// CameraHit scales a detection's score to the probability of a detection of a real
	// object, and CameraFalse is the probability of a false one.
	CameraHit, CameraFalse float64
	// LidarHit is the probability of a cluster at a real object, LidarFalse of one without.
	LidarHit, LidarFalse float64
	// RadarHit is the probability of a moving radar target at a real object, RadarFalse of
	// one at the place of a track without an object, and RadarNewFalse of one anywhere,
	// which reflections make more likely.
	RadarHit, RadarFalse, RadarNewFalse float64
	// Time without a measurement after which a track is deleted: a tentative, a confirmed
	// and a confirmed but occluded one. A pedestrian behind a parked van reappears.
	TentativeAge, ConfirmedAge, OccludedAge clock.Tick

	// LineReach is the distance ahead up to which lane boundaries are fitted as straight,
	// m, and LineScore the minimum score of a boundary.
	LineReach, LineScore float64
	// LaneStd is the error of the lane position in one image, m: larger than its scatter,
	// since the error is correlated over images. A boundary farther than LaneMismatch from
	// its place on the map belongs to another lane, m.
	LaneStd, LaneMismatch float64

	// SignalRange is the maximum distance of signals, m: beyond, the lamps are about a
	// pixel apart. SignalHold is the time for which a state is kept without a detection.
	SignalRange float64
	SignalHold  clock.Tick
	// SignalKeep is the decay of the votes for a state per image, and SignalGain the weight
	// of a new one. Their sum is 1: a change is believed after two or three images.
	SignalKeep, SignalGain float64

	// Noise of dead reckoning: the growth of the variance of the distance driven and of the
	// lateral position, m²/s (5 cm and 2 cm per √s), of the heading, rad²/s (0.004 rad per
	// √s), and of the gyroscope's bias, rad²/s³ (1e-4 rad/s per √s).
	DistanceDrift, SlipDrift, YawDrift, BiasDrift float64
	// BiasVar is the variance of the gyroscope's bias at the start, rad²/s²: 0.005 rad/s,
	// five times the bias of the default rig, since the first positions reduce it.
	BiasVar float64

	Tracklets TrackletParams
}

// TrackletParams tune the tracklets, which find cyclists off the road.
type TrackletParams struct {
	// MaxLength is the length of a bicycle or motorcycle, MaxWidth its width across the
	// motion, m.
	MaxLength, MaxWidth float64
	// Range is the maximum distance, m: farther away, rays are too sparse to show both ends.
	Range float64
	// MinScans is the number of scans needed to prove motion, at most 10, which are kept.
	// MinMove is the minimum displacement of each end in them, m: more than their noise.
	MinScans int
	MinMove  float64
	MaxSpeed float64 // m/s, of a fast cyclist
	// MaxGap is the time without a cluster after which a tracklet is dropped.
	MaxGap clock.Tick
	Noise  float64 // standard deviation of the positions of the ends, m
}

// DefaultParams returns the values used when driving.
func DefaultParams() Params {
	return Params{
		CameraRangeStd: 0.08, CameraBearingStd: 0.012, CameraHeadingGain: 0.15,
		MinScore: 0.13, NewScore: 0.24, DetectRateGain: 0.05,
		RadarRangeStd: 0.3, RadarAzimuthStd: 0.015, RadarSpeedStd: 0.2, RadarView: 0.75, MovingSpeed: 1.5,
		CameraGate: 12, LidarGate: 14, RadarGate: 16,
		ClusterGap: 0.5, ClusterScale: 5.5, SectorDepth: 1,
		MaxObjectSpan: 15, MaxPersonSpan: 1.1, MaxCarLength: 6.8, RoadMargin: 3,
		MinPersonHeight: 1.1, MinObstacleHeight: 0.4, LowObjectHeight: 0.85,
		InitialLogOdds: -1, ConfirmLogOdds: 0.85, UnconfirmLogOdds: -0.5, DeleteLogOdds: -2,
		CameraWeight: 0.25, RadarWeight: 0.35, LidarWeight: 0.6, SeenPastWeight: 1,
		CameraHit: 0.8, CameraFalse: 0.1, LidarHit: 0.9, LidarFalse: 0.1,
		RadarHit: 0.8, RadarFalse: 0.05, RadarNewFalse: 0.3,
		TentativeAge: 40, ConfirmedAge: 70, OccludedAge: 250,
		LineReach: 16, LineScore: 0.3, LaneStd: 0.5, LaneMismatch: 0.6,
		SignalRange: 90, SignalHold: 120, SignalKeep: 0.7, SignalGain: 0.3,
		DistanceDrift: 0.0025, SlipDrift: 0.0004, YawDrift: 1.6e-5, BiasDrift: 1e-8, BiasVar: 2.5e-5,
		Tracklets: TrackletParams{
			MaxLength: 2.5, MaxWidth: 1.1, Range: 40, MinScans: 5, MinMove: 0.8,
			MaxSpeed: 12, MaxGap: 25, Noise: 0.25,
		},
	}
}
