// Package scenarios reads scenario files and samples concrete cases from them. Package runner
// drives the cases and judges them.
//
// A scenario file is a test: a map, the ego, other actors with their scripts, the
// weather, the varied parameters and the expectations. A case is a scenario with fixed
// parameters and a fixed seed. The same case always gives the same verdict and the same
// trace.
package scenarios

// Version is the file format version that this program reads.
const Version = 1

// Sections is a scenario file as written. The published schema is
// schema/scenario-v1.json.
type Sections struct {
	Version     int      `yaml:"version"`
	Name        string   `yaml:"name"`
	Description string   `yaml:"description"`
	Family      string   `yaml:"family"`
	Tags        []string `yaml:"tags"`
	Source      string   `yaml:"source"`
	// Preventable overrides the reference drivers; see Preventable.
	Preventable PreventableSection   `yaml:"preventable"`
	Map         MapSection           `yaml:"map"`
	Ego         EgoSection           `yaml:"ego"`
	Actors      []ActorSection       `yaml:"actors"`
	Flows       []FlowSection        `yaml:"flows"`
	Traffic     TrafficSection       `yaml:"traffic"`
	Signal      *SignalSection       `yaml:"signal"`
	Weather     WeatherSection       `yaml:"weather"`
	Sensors     SensorsSection       `yaml:"sensors"`
	Faults      FaultsSection        `yaml:"faults"`
	Vary        map[string]Variation `yaml:"vary"`
	Grid        GridSection          `yaml:"grid"`
	Until       UntilSection         `yaml:"until"`
	Expect      ExpectSection        `yaml:"expect"`
}

// PreventableSection is the scenario's own label: true or false, optionally with a reason.
type PreventableSection struct {
	Is      *bool  `yaml:"is"`
	Because string `yaml:"because"`
}

// MapSection names a procedural map; see road.Params.
type MapSection struct {
	Kind       string `yaml:"kind"`
	Lanes      int    `yaml:"lanes"`
	OneWay     bool   `yaml:"one_way"`
	LaneWidth  Amount `yaml:"lane_width"`
	Length     Amount `yaml:"length"`
	Radius     Amount `yaml:"radius"`
	Angle      Amount `yaml:"angle"`
	SpeedLimit Amount `yaml:"speed_limit"`
	Control    string `yaml:"control"`
	Crosswalks bool   `yaml:"crosswalks"`
	Urban      bool   `yaml:"urban"`
	Taper      Amount `yaml:"taper"`
	Wear       Amount `yaml:"wear"`
	Unmarked   bool   `yaml:"unmarked"`
	Yellow     bool   `yaml:"yellow"`
	Columns    int    `yaml:"columns"`
	Rows       int    `yaml:"rows"`
	// Seed fixes scenery and signal phases; without it they vary with the case.
	Seed *uint64 `yaml:"seed"`
}

type EgoSection struct {
	Lane int    `yaml:"lane"`
	S    Amount `yaml:"s"`
	// Reaches places the ego so that its front reaches a position after a time, at its
	// initial speed. It replaces S.
	Reaches *ReachesSection `yaml:"reaches"`
	D       Amount          `yaml:"d"`
	Speed   Amount          `yaml:"speed"`
	Drift   Amount          `yaml:"drift"` // initial lateral speed, positive to the left
	// Route lists the turns at junctions in order. After the last one the ego drives
	// straight on.
	Route []string `yaml:"route"`
	// To is the destination lane, reached with lane changes where necessary. It replaces
	// Route.
	To *int `yaml:"to"`
}

type ReachesSection struct {
	S  Amount `yaml:"s"`
	In Amount `yaml:"in"`
}

type ActorSection struct {
	ID        string             `yaml:"id"`
	Kind      string             `yaml:"kind"`
	Lane      int                `yaml:"lane"`
	S         Amount             `yaml:"s"`
	Headway   Amount             `yaml:"headway"` // replaces S: the ego's time to the rear of the actor
	D         Amount             `yaml:"d"`
	Speed     Amount             `yaml:"speed"`
	Heading   Amount             `yaml:"heading"` // relative to the lane
	Behavior  string             `yaml:"behavior"`
	Courteous bool               `yaml:"courteous"`
	KeepLane  bool               `yaml:"keep_lane"` // of behavior drive: no discretionary lane changes
	Wary      bool               `yaml:"wary"`
	Route     []string           `yaml:"route"`
	Path      []WaypointSection  `yaml:"path"` // of a walker, relative to its lane
	Meet      *RendezvousSection `yaml:"meet"` // replaces S
	Height    Amount             `yaml:"height"`
	Clothing  Amount             `yaml:"clothing"` // luminance, for pedestrians and riders
	Skin      Amount             `yaml:"skin"`     // 0 is light, 1 is dark
	Do        []ManeuverSection  `yaml:"do"`
	Repeat    *int               `yaml:"repeat"` // how often all of Do runs; default 1
}

// RendezvousSection places a vehicle so that it reaches the crossing of its route with the
// ego's route together with the ego, or at a given time.
type RendezvousSection struct {
	After  Amount `yaml:"after"`
	Steady Amount `yaml:"steady"`
	At     Amount `yaml:"at"`
}

// FlowSection is a stream of vehicles that drive like traffic.
type FlowSection struct {
	ID    string   `yaml:"id"`
	Lane  int      `yaml:"lane"`
	S     Amount   `yaml:"s"` // position of the first vehicles
	Rate  Amount   `yaml:"rate"`
	Speed Amount   `yaml:"speed"`
	Kind  string   `yaml:"kind"` // default: a mix
	Route []string `yaml:"route"`
}

// WaypointSection is a position relative to a lane.
type WaypointSection struct {
	S Amount `yaml:"s"`
	D Amount `yaml:"d"`
}

// ManeuverSection is a maneuver: one action, which begins when its trigger holds.
type ManeuverSection struct {
	When       TriggerSection     `yaml:"when"`
	ChangeLane *ChangeLaneSection `yaml:"change_lane"`
	Offset     *OffsetSection     `yaml:"offset"`
	Speed      *SpeedSection      `yaml:"speed"`
	Brake      *BrakeSection      `yaml:"brake"`
	Stop       *StopSection       `yaml:"stop"`
	Go         *GoSection         `yaml:"go"`
	Hesitate   *HesitateSection   `yaml:"hesitate"`
	Release    *struct{}          `yaml:"release"`
}

// TriggerSection holds conditions such as "< 15 m" and ">= 3 s". All of them must hold.
type TriggerSection struct {
	Time        Condition `yaml:"time"`
	Since       Condition `yaml:"since"`
	Done        *bool     `yaml:"done"`
	EgoGap      Condition `yaml:"ego_gap"`
	EgoAhead    Condition `yaml:"ego_ahead"`
	EgoDistance Condition `yaml:"ego_distance"`
	EgoTTC      Condition `yaml:"ego_ttc"`
	Impact      Condition `yaml:"impact"`
	EgoS        Condition `yaml:"ego_s"`
	S           Condition `yaml:"s"`
	EgoSpeed    Condition `yaml:"ego_speed"`
	Speed       Condition `yaml:"speed"`
}

type ChangeLaneSection struct {
	To   string `yaml:"to"` // left or right
	Over Amount `yaml:"over"`
}

type OffsetSection struct {
	D    Amount `yaml:"d"`
	Over Amount `yaml:"over"`
}

type SpeedSection struct {
	To    Amount `yaml:"to"`
	Accel Amount `yaml:"accel"`
}

type BrakeSection struct {
	Decel Amount `yaml:"decel"`
	To    Amount `yaml:"to"`
}

type StopSection struct {
	Decel Amount `yaml:"decel"`
}

type GoSection struct {
	Speed Amount `yaml:"speed"`
}

type HesitateSection struct {
	For Amount `yaml:"for"`
}

// TrafficSection requests random road users in addition to the named actors.
type TrafficSection struct {
	Cars        int `yaml:"cars"`
	Trucks      int `yaml:"trucks"`
	Cyclists    int `yaml:"cyclists"`
	Pedestrians int `yaml:"pedestrians"`
	Parked      int `yaml:"parked"`
}

// SignalSection sets the signals. Start is the first phase on the ego's approach. The
// crossing roads have red meanwhile.
type SignalSection struct {
	Start string `yaml:"start"`
	Red   Amount `yaml:"red"`
	Amber Amount `yaml:"amber"`
	Green Amount `yaml:"green"`
}

type WeatherSection struct {
	Time    string `yaml:"time"` // day, dusk or night
	Sun     Amount `yaml:"sun"`  // elevation, replaces Time
	Azimuth Amount `yaml:"azimuth"`
	Rain    Amount `yaml:"rain"`
	Fog     Amount `yaml:"fog"` // visibility
	Cloud   Amount `yaml:"cloud"`
	Glare   Amount `yaml:"glare"`
	Wet     Amount `yaml:"wet"`
	// Friction is the tire-road friction coefficient of the ego. It replaces the value
	// that Wet implies.
	Friction Amount `yaml:"friction"`
}

// SensorsSection names the sensors of the car.
type SensorsSection struct {
	Rig string `yaml:"rig"`
}

// FaultsSection holds the faults of the car's sensors, by their names in the rig.
type FaultsSection map[string]*SensorFaultSection

// SensorFaultSection holds the faults of one sensor.
type SensorFaultSection struct {
	// Blackout is the interval without messages. It lasts to the end of the run if To is
	// not given.
	Blackout *BlackoutSection `yaml:"blackout"`
	Latency  Amount           `yaml:"latency"` // replaces the default latency
	Dropout  Amount           `yaml:"dropout"` // share of lost messages
	Dirt     Amount           `yaml:"dirt"`    // covered share of the lens, of a camera
}

// BlackoutSection is an interval without messages.
type BlackoutSection struct {
	From Amount `yaml:"from"`
	To   Amount `yaml:"to"`
}

// Variation is the set of values of a parameter: one of Any, or a range from From to To.
// On a grid, a range has values with distance Step, or Steps values, or by default its
// ends and its middle.
type Variation struct {
	Any   []Amount `yaml:"any"`
	From  Amount   `yaml:"from"`
	To    Amount   `yaml:"to"`
	Step  Amount   `yaml:"step"`
	Steps *int     `yaml:"steps"`
}

// GridSection limits how many combinations are driven.
type GridSection struct {
	Cases *int `yaml:"cases"`
}

type UntilSection struct {
	Time Amount `yaml:"time"`
	S    Amount `yaml:"s"` // the run also ends when the ego has reached S on its route
}

// ExpectSection holds the expectations. At-fault collisions, leaving the road and running a
// red light or a stop sign fail unless allowed.
type ExpectSection struct {
	Collision         string            `yaml:"collision"`
	OffRoad           string            `yaml:"off_road"`
	RedLight          string            `yaml:"red_light"`
	StopSign          string            `yaml:"stop_sign"`
	WrongWay          string            `yaml:"wrong_way"`
	LaneDeparture     string            `yaml:"lane_departure"`
	Stranded          string            `yaml:"stranded"`
	MinTTC            Amount            `yaml:"min_ttc"`
	MinTHW            Amount            `yaml:"min_thw"`
	MinPET            Amount            `yaml:"min_pet"`
	MinGap            Amount            `yaml:"min_gap"`
	MinRSSMargin      Amount            `yaml:"min_rss_margin"`
	MinR157Margin     Amount            `yaml:"min_r157_margin"`
	MinEdgeDistance   Amount            `yaml:"min_edge_distance"`
	MaxLateralError   Amount            `yaml:"max_lateral_error"`
	MaxDRAC           Amount            `yaml:"max_drac"`
	MaxDecel          Amount            `yaml:"max_decel"`
	MaxLateralAccel   Amount            `yaml:"max_lateral_accel"`
	MaxJerk           Amount            `yaml:"max_jerk"`
	MaxSpeed          Amount            `yaml:"max_speed"`
	MaxOverspeed      Amount            `yaml:"max_overspeed"`
	Progress          Amount            `yaml:"progress"`   // at least this distance along its route
	MeanSpeed         Amount            `yaml:"mean_speed"` // at least
	Comfort           *bool             `yaml:"comfort"`
	Stops             *bool             `yaml:"stops"` // reaches a standstill at some time
	StopsBefore       Amount            `yaml:"stops_before"`
	KeepsLane         *bool             `yaml:"keeps_lane"`
	Reach             ReachSection      `yaml:"reach"`
	Passes            []string          `yaml:"passes"`
	YieldsTo          []string          `yaml:"yields_to"`
	Clearance         map[string]Amount `yaml:"clearance"`
	Amplification     map[string]Amount `yaml:"amplification"`
	Color             string            `yaml:"color"`
	MaxImpactSpeed    Amount            `yaml:"max_impact_speed"`
	MinSpeedReduction Amount            `yaml:"min_speed_reduction"`
}

// ReachSection is the destination of the ego: a position on its route, a lane, or both.
type ReachSection struct {
	S    Amount `yaml:"s"`
	Lane *int   `yaml:"lane"`
}
