// Package scenarios reads scenario files, samples concrete cases from them, drives the
// cases and judges the results.
//
// A scenario file is a test: a map, the ego, other actors with their scripts, the
// weather, the varied parameters and the expectations. A case is a scenario with fixed
// parameters and a fixed seed. The same case always gives the same verdict and the same
// trace.
package scenarios

// Version is the file format version that this program reads.
const Version = 1

// file is a scenario file as written. The published schema is
// schema/scenario-v1.json.
type file struct {
	Version     int      `yaml:"version"`
	Name        string   `yaml:"name"`
	Description string   `yaml:"description"`
	Family      string   `yaml:"family"`
	Tags        []string `yaml:"tags"`
	Source      string   `yaml:"source"`
	// Preventable overrides the reference drivers; see Preventable.
	Preventable preventableFile      `yaml:"preventable"`
	Map         mapFile              `yaml:"map"`
	Ego         egoFile              `yaml:"ego"`
	Actors      []actorFile          `yaml:"actors"`
	Flows       []flowFile           `yaml:"flows"`
	Traffic     trafficFile          `yaml:"traffic"`
	Signal      *signalFile          `yaml:"signal"`
	Weather     weatherFile          `yaml:"weather"`
	Faults      faultsFile           `yaml:"faults"`
	Vary        map[string]variation `yaml:"vary"`
	Grid        gridFile             `yaml:"grid"`
	Until       untilFile            `yaml:"until"`
	Expect      expectFile           `yaml:"expect"`
}

// mapFile names a procedural map; see road.Params.
type mapFile struct {
	Kind       string   `yaml:"kind"`
	Lanes      int      `yaml:"lanes"`
	OneWay     bool     `yaml:"one_way"`
	LaneWidth  quantity `yaml:"lane_width"`
	Length     quantity `yaml:"length"`
	Radius     quantity `yaml:"radius"`
	Angle      quantity `yaml:"angle"`
	SpeedLimit quantity `yaml:"speed_limit"`
	Control    string   `yaml:"control"`
	Crosswalks bool     `yaml:"crosswalks"`
	Urban      bool     `yaml:"urban"`
	Taper      quantity `yaml:"taper"`
	Wear       quantity `yaml:"wear"`
	Unmarked   bool     `yaml:"unmarked"`
	Yellow     bool     `yaml:"yellow"`
	Columns    int      `yaml:"columns"`
	Rows       int      `yaml:"rows"`
	// Seed fixes scenery and signal phases; without it they vary with the case.
	Seed *uint64 `yaml:"seed"`
}

type egoFile struct {
	Lane int      `yaml:"lane"`
	S    quantity `yaml:"s"`
	// Reaches places the ego so that its front reaches a position after a time, at its
	// initial speed. It replaces S.
	Reaches *reachesFile `yaml:"reaches"`
	D       quantity     `yaml:"d"`
	Speed   quantity     `yaml:"speed"`
	Drift   quantity     `yaml:"drift"` // initial lateral speed, positive to the left
	// Route lists the turns at junctions in order. After the last one the ego drives
	// straight on.
	Route []string `yaml:"route"`
	// To is the destination lane, reached with lane changes where necessary. It replaces
	// Route.
	To *int `yaml:"to"`
}

type reachesFile struct {
	S  quantity `yaml:"s"`
	In quantity `yaml:"in"`
}

type actorFile struct {
	ID        string          `yaml:"id"`
	Kind      string          `yaml:"kind"`
	Lane      int             `yaml:"lane"`
	S         quantity        `yaml:"s"`
	Headway   quantity        `yaml:"headway"` // replaces S: the ego's time to the rear of the actor
	D         quantity        `yaml:"d"`
	Speed     quantity        `yaml:"speed"`
	Heading   quantity        `yaml:"heading"` // relative to the lane
	Behavior  string          `yaml:"behavior"`
	Courteous bool            `yaml:"courteous"`
	KeepLane  bool            `yaml:"keep_lane"` // of behavior drive: no discretionary lane changes
	Wary      bool            `yaml:"wary"`
	Route     []string        `yaml:"route"`
	Path      []waypointFile  `yaml:"path"` // of a walker, relative to its lane
	Meet      *rendezvousFile `yaml:"meet"` // replaces S
	Height    quantity        `yaml:"height"`
	Clothing  quantity        `yaml:"clothing"` // luminance, for pedestrians and riders
	Skin      quantity        `yaml:"skin"`     // 0 is light, 1 is dark
	Do        []stepFile      `yaml:"do"`
	Repeat    *int            `yaml:"repeat"` // how often all of Do runs; default 1
}

// rendezvousFile places a vehicle so that it reaches the crossing of its route with the
// ego's route together with the ego, or at a given time.
type rendezvousFile struct {
	After  quantity `yaml:"after"`
	Steady quantity `yaml:"steady"`
	At     quantity `yaml:"at"`
}

// flowFile is a stream of vehicles that drive like traffic.
type flowFile struct {
	ID    string   `yaml:"id"`
	Lane  int      `yaml:"lane"`
	S     quantity `yaml:"s"` // position of the first vehicles
	Rate  quantity `yaml:"rate"`
	Speed quantity `yaml:"speed"`
	Kind  string   `yaml:"kind"` // default: a mix
	Route []string `yaml:"route"`
}

// waypointFile is a position relative to a lane.
type waypointFile struct {
	S quantity `yaml:"s"`
	D quantity `yaml:"d"`
}

// stepFile is a maneuver: one action, which begins when its trigger holds.
type stepFile struct {
	When       triggerFile     `yaml:"when"`
	ChangeLane *changeLaneFile `yaml:"change_lane"`
	Offset     *offsetFile     `yaml:"offset"`
	Speed      *speedFile      `yaml:"speed"`
	Brake      *brakeFile      `yaml:"brake"`
	Stop       *stopFile       `yaml:"stop"`
	Go         *goFile         `yaml:"go"`
	Hesitate   *hesitateFile   `yaml:"hesitate"`
	Release    *struct{}       `yaml:"release"`
}

// triggerFile holds conditions such as "< 15 m" and ">= 3 s". All of them must hold.
type triggerFile struct {
	Time        comparison `yaml:"time"`
	Since       comparison `yaml:"since"`
	Done        *bool      `yaml:"done"`
	EgoGap      comparison `yaml:"ego_gap"`
	EgoAhead    comparison `yaml:"ego_ahead"`
	EgoDistance comparison `yaml:"ego_distance"`
	EgoTTC      comparison `yaml:"ego_ttc"`
	Impact      comparison `yaml:"impact"`
	EgoS        comparison `yaml:"ego_s"`
	S           comparison `yaml:"s"`
	EgoSpeed    comparison `yaml:"ego_speed"`
	Speed       comparison `yaml:"speed"`
}

type changeLaneFile struct {
	To   string   `yaml:"to"` // left or right
	Over quantity `yaml:"over"`
}

type offsetFile struct {
	D    quantity `yaml:"d"`
	Over quantity `yaml:"over"`
}

type speedFile struct {
	To    quantity `yaml:"to"`
	Accel quantity `yaml:"accel"`
}

type brakeFile struct {
	Decel quantity `yaml:"decel"`
	To    quantity `yaml:"to"`
}

type stopFile struct {
	Decel quantity `yaml:"decel"`
}

type goFile struct {
	Speed quantity `yaml:"speed"`
}

type hesitateFile struct {
	For quantity `yaml:"for"`
}

// trafficFile requests random road users in addition to the named actors.
type trafficFile struct {
	Cars        int `yaml:"cars"`
	Trucks      int `yaml:"trucks"`
	Cyclists    int `yaml:"cyclists"`
	Pedestrians int `yaml:"pedestrians"`
	Parked      int `yaml:"parked"`
}

// signalFile sets the signals. Start is the first phase on the ego's approach. The
// crossing roads have red meanwhile.
type signalFile struct {
	Start string   `yaml:"start"`
	Red   quantity `yaml:"red"`
	Amber quantity `yaml:"amber"`
	Green quantity `yaml:"green"`
}

type weatherFile struct {
	Time    string   `yaml:"time"` // day, dusk or night
	Sun     quantity `yaml:"sun"`  // elevation, replaces Time
	Azimuth quantity `yaml:"azimuth"`
	Rain    quantity `yaml:"rain"`
	Fog     quantity `yaml:"fog"` // visibility
	Cloud   quantity `yaml:"cloud"`
	Glare   quantity `yaml:"glare"`
	Wet     quantity `yaml:"wet"`
	// Friction is the tire-road friction coefficient of the ego. It replaces the value
	// that Wet implies.
	Friction quantity `yaml:"friction"`
}

// variation is the set of values of a parameter: one of Any, or a range from From to To.
// On a grid, a range has values with distance Step, or Steps values, or by default its
// ends and its middle.
type variation struct {
	Any   []quantity `yaml:"any"`
	From  quantity   `yaml:"from"`
	To    quantity   `yaml:"to"`
	Step  quantity   `yaml:"step"`
	Steps *int       `yaml:"steps"`
}

// gridFile limits how many combinations are driven.
type gridFile struct {
	Cases *int `yaml:"cases"`
}

type untilFile struct {
	Time quantity `yaml:"time"`
	S    quantity `yaml:"s"` // the run also ends when the ego has reached S on its route
}

// expectFile holds the expectations. At-fault collisions, leaving the road and running a
// red light or a stop sign fail unless allowed.
type expectFile struct {
	Collision         string              `yaml:"collision"`
	OffRoad           string              `yaml:"off_road"`
	RedLight          string              `yaml:"red_light"`
	StopSign          string              `yaml:"stop_sign"`
	WrongWay          string              `yaml:"wrong_way"`
	LaneDeparture     string              `yaml:"lane_departure"`
	Stranded          string              `yaml:"stranded"`
	MinTTC            quantity            `yaml:"min_ttc"`
	MinTHW            quantity            `yaml:"min_thw"`
	MinPET            quantity            `yaml:"min_pet"`
	MinGap            quantity            `yaml:"min_gap"`
	MinRSSMargin      quantity            `yaml:"min_rss_margin"`
	MinR157Margin     quantity            `yaml:"min_r157_margin"`
	MinEdgeDistance   quantity            `yaml:"min_edge_distance"`
	MaxLateralError   quantity            `yaml:"max_lateral_error"`
	MaxDRAC           quantity            `yaml:"max_drac"`
	MaxDecel          quantity            `yaml:"max_decel"`
	MaxLateralAccel   quantity            `yaml:"max_lateral_accel"`
	MaxJerk           quantity            `yaml:"max_jerk"`
	MaxSpeed          quantity            `yaml:"max_speed"`
	MaxOverspeed      quantity            `yaml:"max_overspeed"`
	Progress          quantity            `yaml:"progress"`   // at least this distance along its route
	MeanSpeed         quantity            `yaml:"mean_speed"` // at least
	Comfort           *bool               `yaml:"comfort"`
	Stops             *bool               `yaml:"stops"` // reaches a standstill at some time
	StopsBefore       quantity            `yaml:"stops_before"`
	KeepsLane         *bool               `yaml:"keeps_lane"`
	Reach             reachFile           `yaml:"reach"`
	Passes            []string            `yaml:"passes"`
	YieldsTo          []string            `yaml:"yields_to"`
	Clearance         map[string]quantity `yaml:"clearance"`
	Amplification     map[string]quantity `yaml:"amplification"`
	Color             string              `yaml:"color"`
	MaxImpactSpeed    quantity            `yaml:"max_impact_speed"`
	MinSpeedReduction quantity            `yaml:"min_speed_reduction"`
}

// reachFile is the destination of the ego: a position on its route, a lane, or both.
type reachFile struct {
	S    quantity `yaml:"s"`
	Lane *int     `yaml:"lane"`
}
