// Package scenarios reads scenario files, samples concrete cases from them, drives
// them and judges the result.
//
// A scenario file is a test: a map, the ego, other actors with their scripts,
// weather, what varies, and what is expected. A case is a scenario with its
// parameters and seed fixed; the same case always gives the same verdict and the
// same trace.
package scenarios

// Version of the file format that this program reads.
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
	// Preventable overrules the known drivers on whether a case can be passed.
	Preventable claimFile         `yaml:"preventable"`
	Map         mapFile           `yaml:"map"`
	Ego         egoFile           `yaml:"ego"`
	Actors      []actorFile       `yaml:"actors"`
	Flows       []flowFile        `yaml:"flows"`
	Traffic     trafficFile       `yaml:"traffic"`
	Signal      *signalFile       `yaml:"signal"`
	Weather     weatherFile       `yaml:"weather"`
	Faults      faultsFile        `yaml:"faults"`
	Vary        map[string]spread `yaml:"vary"`
	Grid        gridFile          `yaml:"grid"`
	Until       untilFile         `yaml:"until"`
	Expect      expectFile        `yaml:"expect"`
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
	// Reaches says when its front comes where at its speed; instead of S.
	Reaches *reachesFile `yaml:"reaches"`
	D       quantity     `yaml:"d"`
	Speed   quantity     `yaml:"speed"`
	Drift   quantity     `yaml:"drift"` // speed to the left across the lane at the start
	// Route lists the turns to take at junctions, one after the other; straight on
	// after that.
	Route []string `yaml:"route"`
	// To is the lane to arrive on, by lane changes where need be; instead of Route.
	To *int `yaml:"to"`
}

type reachesFile struct {
	S  quantity `yaml:"s"`
	In quantity `yaml:"in"`
}

type actorFile struct {
	ID        string     `yaml:"id"`
	Kind      string     `yaml:"kind"`
	Lane      int        `yaml:"lane"`
	S         quantity   `yaml:"s"`
	Headway   quantity   `yaml:"headway"` // instead of s: the ego's time to where the actor begins
	D         quantity   `yaml:"d"`
	Speed     quantity   `yaml:"speed"`
	Heading   quantity   `yaml:"heading"` // relative to the lane
	Behavior  string     `yaml:"behavior"`
	Courteous bool       `yaml:"courteous"`
	KeepLane  bool       `yaml:"keep_lane"` // of drive: no lane changes of the driver's own
	Wary      bool       `yaml:"wary"`
	Route     []string   `yaml:"route"`
	Path      []spotFile `yaml:"path"` // of a walker, along the same lane
	Meet      *meetFile  `yaml:"meet"` // instead of s
	Height    quantity   `yaml:"height"`
	Clothing  quantity   `yaml:"clothing"` // luminance, of those on foot or on two wheels
	Skin      quantity   `yaml:"skin"`     // from light to dark
	Do        []stepFile `yaml:"do"`
	Repeat    *int       `yaml:"repeat"` // how often all of Do is done, 1 if not given
}

// meetFile places a vehicle so that it comes to where its way crosses the ego's
// when the ego does, or at a given time.
type meetFile struct {
	After  quantity `yaml:"after"`
	Steady quantity `yaml:"steady"`
	At     quantity `yaml:"at"`
}

// flowFile is a stream of vehicles that drive as traffic does.
type flowFile struct {
	ID    string   `yaml:"id"`
	Lane  int      `yaml:"lane"`
	S     quantity `yaml:"s"` // where the first ones are
	Rate  quantity `yaml:"rate"`
	Speed quantity `yaml:"speed"`
	Kind  string   `yaml:"kind"` // a mix if not given
	Route []string `yaml:"route"`
}

// spotFile is a place along and beside a lane.
type spotFile struct {
	S quantity `yaml:"s"`
	D quantity `yaml:"d"`
}

// stepFile is a maneuver: one action, begun when its trigger holds.
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

// triggerFile holds conditions, all of which must hold: "< 15 m", ">= 3 s".
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

// trafficFile asks for a random crowd beside the named actors.
type trafficFile struct {
	Cars        int `yaml:"cars"`
	Trucks      int `yaml:"trucks"`
	Cyclists    int `yaml:"cyclists"`
	Pedestrians int `yaml:"pedestrians"`
	Parked      int `yaml:"parked"`
}

// signalFile sets the signals: Start is what the ego's approach shows at first,
// for the time given for it; crossing roads have red meanwhile.
type signalFile struct {
	Start string   `yaml:"start"`
	Red   quantity `yaml:"red"`
	Amber quantity `yaml:"amber"`
	Green quantity `yaml:"green"`
}

type weatherFile struct {
	Time    string   `yaml:"time"` // day, dusk or night
	Sun     quantity `yaml:"sun"`  // elevation, instead of time
	Azimuth quantity `yaml:"azimuth"`
	Rain    quantity `yaml:"rain"`
	Fog     quantity `yaml:"fog"` // visibility
	Cloud   quantity `yaml:"cloud"`
	Glare   quantity `yaml:"glare"`
	Wet     quantity `yaml:"wet"`
	// Friction is the tire-road coefficient of the ego, instead of that which Wet implies.
	Friction quantity `yaml:"friction"`
}

// spread is what a parameter may be: one of Any, or between From and To. On a grid
// a range has values Step apart, or Steps values, or its ends and middle.
type spread struct {
	Any   []quantity `yaml:"any"`
	From  quantity   `yaml:"from"`
	To    quantity   `yaml:"to"`
	Step  quantity   `yaml:"step"`
	Steps *int       `yaml:"steps"`
}

// gridFile says how many of all combinations to drive.
type gridFile struct {
	Cases *int `yaml:"cases"`
}

type untilFile struct {
	Time quantity `yaml:"time"`
	S    quantity `yaml:"s"` // or the ego has come so far on its way
}

// expectFile is what must hold. Collisions at the ego's fault, leaving the road and
// running a red light or a stop sign fail unless allowed.
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
	Progress          quantity            `yaml:"progress"`   // at least this far along its way
	MeanSpeed         quantity            `yaml:"mean_speed"` // at least
	Comfort           *bool               `yaml:"comfort"`
	Stops             *bool               `yaml:"stops"` // comes to a standstill at some time
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

// reachFile is where the ego must come to: so far on its way, or also to a lane.
type reachFile struct {
	S    quantity `yaml:"s"`
	Lane *int     `yaml:"lane"`
}
