package scenarios

import (
	"slices"

	"roadloop/sim/actor"
	"roadloop/sim/rig"
	"roadloop/sim/road"
)

// mapKinds returns the names of all map kinds.
func mapKinds() []string {
	var names []string
	for _, k := range road.Kinds() {
		names = append(names, string(k))
	}
	return names
}

var (
	turnNames = []string{"left", "right", "straight"}
	verdicts  = []string{"never", "allowed"}
	// vehicleKinds are the kinds of actors that can drive like traffic.
	vehicleKinds = []string{"car", "van", "truck", "bus", "motorcycle", "cyclist"}
)

// VehicleKinds returns the kinds of actors that can drive like traffic.
func VehicleKinds() []string { return slices.Clone(vehicleKinds) }

// sensorFaults are the fault fields that all sensors have.
var sensorFaults = []Field{
	{Name: "blackout", Description: "interval without messages", Kind: Group, Fields: []Field{
		{Name: "from", Kind: Quantity, Dimension: "time", Min: "0 s", Max: "3600 s"},
		{Name: "to", Description: "by default the end of the run", Kind: Quantity, Dimension: "time", Min: "0 s", Max: "3600 s"},
	}},
	{Name: "latency", Description: "from measurement to delivery, instead of the default", Kind: Quantity, Dimension: "time", Min: "0 s", Max: "1 s"},
	{Name: "dropout", Description: "share of lost messages", Kind: Quantity, Dimension: "share", Min: "0", Max: "1"},
}

// lensFault is the additional fault of a camera.
var lensFault = Field{Name: "dirt", Description: "covered share of the lens", Kind: Quantity, Dimension: "share", Min: "0", Max: "1"}

// faultFields are the fields of the faults of every sensor of the shipped rigs.
func faultFields() []Field {
	var all []Field
	for _, name := range rig.Names() {
		c, err := rig.Named(name)
		if err != nil {
			continue // not possible: the name is from the list
		}
		for i := range c.Sensors {
			if s := &c.Sensors[i]; named(all, s.Name) == nil {
				all = append(all, Field{Name: s.Name, Kind: Group, Fields: sensorFaults})
			}
		}
		for s := range rig.Of[rig.Camera](&c) {
			named(all, s.Name).Fields = append(slices.Clone(sensorFaults), lensFault)
		}
	}
	return all
}

// variationFields are the fields of a varied parameter.
var variationFields = []Field{
	{Name: "any", Kind: ValueList, MinItems: 1},
	{Name: "from", Kind: Value},
	{Name: "to", Kind: Value},
	{Name: "step", Description: "between the grid values, starting at from", Kind: Value},
	{Name: "steps", Description: "number of grid values, including both ends", Kind: Integer, Min: "2", Max: "1000"},
}

// fields is the table of all fields of a scenario file, in schema order.
var fields = []Field{
	{Name: "version", Required: true, Kind: Integer, Min: "1", Max: "1"},
	{Name: "name", Required: true, Kind: Text},
	{Name: "description", Kind: Text},
	{Name: "family", Kind: Text},
	{Name: "tags", Kind: TextList},
	{Name: "source", Description: "origin of the scenario", Kind: Text},
	{Name: "preventable", Description: "whether a case can be passed; by default the reference drivers of UN R157 and the stack with ground truth decide", Kind: Group, Alternative: &Field{Kind: Boolean}, Fields: []Field{
		{Name: "is", Required: true, Kind: Boolean},
		{Name: "because", Description: "the reason", Required: true, Kind: Text},
	}},
	{Name: "map", Description: "a procedural map", Required: true, Kind: Group, Fields: []Field{
		{Name: "kind", Required: true, Kind: Option, Options: mapKinds()},
		{Name: "lanes", Description: "in each direction, without a lane that begins or ends; lane 0 is the rightmost, oncoming lanes follow the last forward lane", Kind: Integer, Min: "1", Max: "5"},
		{Name: "one_way", Description: "no oncoming lanes", Kind: Boolean},
		{Name: "lane_width", Description: "3.5 m by default", Kind: Quantity, Dimension: "length", Min: "2.5 m", Max: "5 m"},
		{Name: "length", Description: "of the road, of each arm of a junction, or of a town's block", Kind: Quantity, Dimension: "length", Min: "60 m", Max: "20 km"},
		{Name: "radius", Description: "of curves, positive to the left; of the ring of a roundabout", Kind: Quantity, Dimension: "length", Min: "15 m", Max: "1000 km", EitherSign: true},
		{Name: "angle", Description: "change of heading of a curve", Kind: Quantity, Dimension: "angle", Min: "0.01 rad", Max: "3 rad", EitherSign: true},
		{Name: "taper", Description: "of the lane on which one enters or leaves, or that ends", Kind: Quantity, Dimension: "length", Min: "15 m", Max: "2000 m"},
		{Name: "speed_limit", Description: "50 km/h by default", Kind: Quantity, Dimension: "speed", Min: "1 m/s", Max: "70 m/s"},
		{Name: "control", Description: "of junctions", Kind: Option, Options: []string{"free", "signals", "stop", "yield"}},
		{Name: "crosswalks", Description: "zebra crossings", Kind: Boolean},
		{Name: "urban", Description: "curbs, sidewalks and buildings instead of grass and trees", Kind: Boolean},
		{Name: "wear", Description: "of the markings", Kind: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "unmarked", Description: "no markings at all", Kind: Boolean},
		{Name: "yellow", Description: "a yellow middle line", Kind: Boolean},
		{Name: "columns", Description: "of a town's junctions", Kind: Integer, Min: "1", Max: "12"},
		{Name: "rows", Description: "of a town's junctions", Kind: Integer, Min: "1", Max: "12"},
		{Name: "seed", Description: "fixes scenery and signal phases, which otherwise vary with the case", Kind: Integer, Min: "0", Max: "18446744073709551615"},
	}},
	{Name: "ego", Description: "by default at 5 m of lane 0, at the speed limit", Kind: Group, Fields: []Field{
		{Name: "lane", Kind: Integer, Min: "0", Max: "99999"},
		{Name: "s", Description: "along the lane", Kind: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
		{Name: "reaches", Description: "instead of s: the ego starts so that its front reaches s after this time at its speed", Kind: Group, Fields: []Field{
			{Name: "s", Description: "on its route, from the start of its lane", Required: true, Kind: Quantity, Dimension: "length", Min: "0 m", Max: "1000 km"},
			{Name: "in", Required: true, Kind: Quantity, Dimension: "time", Min: "0 s", Max: "1000 s"},
		}},
		{Name: "d", Description: "to the left of the lane center", Kind: Quantity, Dimension: "length", Min: "-2 m", Max: "2 m"},
		{Name: "speed", Description: "at the start; by default the speed limit", Kind: Quantity, Dimension: "speed", Min: "0 km/h", Max: "216 km/h"},
		{Name: "drift", Description: "speed to the left across the lane at the start, at most a quarter of the speed", Kind: Quantity, Dimension: "speed", Min: "-15 m/s", Max: "15 m/s"},
		{Name: "route", Kind: OptionList, Options: turnNames},
		{Name: "to", Description: "destination lane, with lane changes where necessary; instead of route", Kind: Integer, Min: "0", Max: "99999"},
	}},
	{Name: "actors", Kind: GroupList, Fields: []Field{
		{Name: "id", Description: "unique; the actor's name in vary", Required: true, Kind: Text},
		{Name: "kind", Required: true, Kind: Option, Options: actor.Kinds()},
		{Name: "lane", Kind: Integer, Min: "0", Max: "99999"},
		{Name: "s", Description: "along the lane", Kind: Quantity, Dimension: "length", Min: "-50 m", Max: "100 km"},
		{Name: "headway", Description: "instead of s: time gap from the ego's front, at its initial speed, to the actor's rear, on the ego's lane or an adjacent lane", Kind: Quantity, Dimension: "time", Min: "0 s", Max: "60 s"},
		{Name: "d", Description: "to the left of the lane center", Kind: Quantity, Dimension: "length", Min: "-60 m", Max: "60 m"},
		{Name: "speed", Kind: Quantity, Dimension: "speed", Min: "0 km/h", Max: "252 km/h"},
		{Name: "heading", Description: "relative to the lane", Kind: Quantity, Dimension: "angle", Min: "-360 deg", Max: "360 deg"},
		{Name: "behavior", Description: "drive: like traffic: follows other vehicles (Intelligent Driver Model), changes lanes for an advantage (MOBIL), obeys signals, signs and right of way; speed is also the desired speed, by default near the limit; with maneuvers it keeps its lane between them until release; follow: keeps its lane and speed, ignores others unless courteous; by default walk with a path, follow with a speed, else still", Kind: Option, Options: []string{"drive", "follow", "still", "walk"}},
		{Name: "courteous", Description: "gives way without obligation", Kind: Boolean},
		{Name: "keep_lane", Description: "for drive: no discretionary lane changes; mandatory ones at the end of a lane remain", Kind: Boolean},
		{Name: "wary", Description: "the walker waits for cars", Kind: Boolean},
		{Name: "route", Kind: OptionList, Options: turnNames},
		{Name: "path", Description: "waypoints of a walker relative to its lane; s and d are by default those of the actor", Kind: GroupList, MinItems: 2, Fields: []Field{
			{Name: "s", Kind: Quantity, Dimension: "length", Min: "-1 km", Max: "100 km"},
			{Name: "d", Kind: Quantity, Dimension: "length", Min: "-1 km", Max: "1 km"},
		}},
		{Name: "meet", Description: "instead of s: the vehicle starts so that its front and the ego's front reach the crossing of their routes at the same time, and adjusts its speed to keep this timing", Kind: Group, Fields: []Field{
			{Name: "after", Description: "time from the ego's arrival to its arrival, negative for earlier; 0 by default", Kind: Quantity, Dimension: "time", Min: "-20 s", Max: "20 s"},
			{Name: "steady", Description: "time before the arrival during which it no longer adjusts its speed; 3.5 s by default", Kind: Quantity, Dimension: "time", Min: "0.1 s", Max: "20 s"},
			{Name: "at", Description: "fixed time of its arrival, independent of the ego; instead of after and steady", Kind: Quantity, Dimension: "time", Min: "0 s", Max: "1000 s"},
		}},
		{Name: "height", Kind: Quantity, Dimension: "length", Min: "0.3 m", Max: "5 m"},
		{Name: "clothing", Description: "luminance of the clothes of a person on foot or on two wheels", Kind: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "skin", Description: "of a person on foot or on two wheels, from light to dark", Kind: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "do", Description: "maneuvers, one after the other", Kind: GroupList, OneAction: true, Fields: []Field{
			{Name: "when", Description: "conditions, all of which must hold; without conditions the maneuver begins when the previous one is done", Kind: Group, Fields: []Field{
				{Name: "time", Description: "since the start", Kind: Comparison, Dimension: "time", Min: "0 s", Max: "3600 s"},
				{Name: "since", Description: "since the end of the previous maneuver", Kind: Comparison, Dimension: "time", Min: "0 s", Max: "3600 s"},
				{Name: "done", Description: "true: the previous maneuver is done; false: it is in progress", Kind: Boolean},
				{Name: "ego_gap", Description: "from bumper to bumper along the road", Kind: Comparison, Dimension: "length", Min: "0 m", Max: "100 km"},
				{Name: "ego_ahead", Description: "how far the ego is ahead along the road, negative behind", Kind: Comparison, Dimension: "length", Min: "-100 km", Max: "100 km"},
				{Name: "ego_distance", Description: "straight-line distance", Kind: Comparison, Dimension: "length", Min: "0 m", Max: "100 km"},
				{Name: "ego_ttc", Description: "until the ego arrives at its current speed", Kind: Comparison, Dimension: "time", Min: "0 s", Max: "3600 s"},
				{Name: "impact", Description: "where the ego's front would hit the walker if the walker started now, as a share of the ego's width from the walker's side; decreases while the ego approaches", Kind: Comparison, Dimension: "share", Min: "-100", Max: "100"},
				{Name: "ego_s", Description: "position of the ego along its lane", Kind: Comparison, Dimension: "length", Min: "0 m", Max: "1000 km"},
				{Name: "s", Description: "position of the actor along its lane", Kind: Comparison, Dimension: "length", Min: "-50 m", Max: "1000 km"},
				{Name: "ego_speed", Kind: Comparison, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
				{Name: "speed", Description: "of the actor", Kind: Comparison, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
			}},
			{Name: "change_lane", Kind: Group, Fields: []Field{
				{Name: "to", Required: true, Kind: Option, Options: []string{"left", "right"}},
				{Name: "over", Kind: Quantity, Dimension: "time", Min: "0.1 s", Max: "60 s"},
			}},
			{Name: "offset", Kind: Group, Fields: []Field{
				{Name: "d", Description: "to the left of the lane center", Required: true, Kind: Quantity, Dimension: "length", Min: "-20 m", Max: "20 m"},
				{Name: "over", Kind: Quantity, Dimension: "time", Min: "0.1 s", Max: "60 s"},
			}},
			{Name: "speed", Kind: Group, Fields: []Field{
				{Name: "to", Required: true, Kind: Quantity, Dimension: "speed", Min: "0 km/h", Max: "252 km/h"},
				{Name: "accel", Description: "2 m/s2 by default", Kind: Quantity, Dimension: "accel", Min: "0.01 m/s2", Max: "20 m/s2"},
			}},
			{Name: "brake", Kind: Group, Fields: []Field{
				{Name: "decel", Kind: Quantity, Dimension: "accel", Min: "0.01 m/s2", Max: "20 m/s2"},
				{Name: "to", Kind: Quantity, Dimension: "speed", Min: "0 km/h", Max: "252 km/h"},
			}},
			{Name: "stop", Kind: Group, Fields: []Field{
				{Name: "decel", Kind: Quantity, Dimension: "accel", Min: "0.01 m/s2", Max: "20 m/s2"},
			}},
			{Name: "go", Description: "a waiting walker starts to walk", Kind: Group, Fields: []Field{
				{Name: "speed", Kind: Quantity, Dimension: "speed", Min: "0.1 m/s", Max: "70 m/s"},
			}},
			{Name: "hesitate", Description: "a walker stands still for a while", Kind: Group, Fields: []Field{
				{Name: "for", Required: true, Kind: Quantity, Dimension: "time", Min: "0.01 s", Max: "3600 s"},
			}},
			{Name: "release", Description: "the actor drives on like traffic", Kind: Group},
		}},
		{Name: "repeat", Description: "how often the list of maneuvers runs", Kind: Integer, Min: "1", Max: "100"},
	}},
	{Name: "flows", Description: "streams of vehicles that drive like traffic, back to the start of their lane", Kind: GroupList, Fields: []Field{
		{Name: "id", Description: "unique; the flow's name in vary", Required: true, Kind: Text},
		{Name: "lane", Kind: Integer, Min: "0", Max: "99999"},
		{Name: "s", Description: "initial position of the first vehicles; by default the end of the lane", Kind: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
		{Name: "rate", Description: "0 for no flow, at most 1800 veh/h", Required: true, Kind: Quantity, Dimension: "rate", Min: "0 veh/h", Max: "1800 veh/h"},
		{Name: "speed", Description: "by default the speed limit of the lane", Kind: Quantity, Dimension: "speed", Min: "1 m/s", Max: "60 m/s"},
		{Name: "kind", Description: "by default cars, vans and trucks", Kind: Option, Options: vehicleKinds},
		{Name: "route", Kind: OptionList, Options: turnNames},
	}},
	{Name: "traffic", Description: "random road users in addition to the named actors, as many as fit on the map; results contain the number placed", Kind: Group, Fields: []Field{
		{Name: "cars", Description: "number", Kind: Integer, Min: "0", Max: "200"},
		{Name: "trucks", Description: "number", Kind: Integer, Min: "0", Max: "200"},
		{Name: "cyclists", Description: "number", Kind: Integer, Min: "0", Max: "200"},
		{Name: "pedestrians", Description: "number", Kind: Integer, Min: "0", Max: "200"},
		{Name: "parked", Description: "number", Kind: Integer, Min: "0", Max: "200"},
	}},
	{Name: "signal", Description: "signal phases of the ego's approach; crossing roads have red meanwhile", Kind: Group, Fields: []Field{
		{Name: "start", Kind: Option, Options: []string{"red", "amber", "green"}},
		{Name: "red", Kind: Quantity, Dimension: "time", Min: "0 s", Max: "1000 s"},
		{Name: "amber", Kind: Quantity, Dimension: "time", Min: "0 s", Max: "20 s"},
		{Name: "green", Kind: Quantity, Dimension: "time", Min: "0 s", Max: "1000 s"},
	}},
	{Name: "weather", Kind: Group, Fields: []Field{
		{Name: "time", Kind: Option, Options: []string{"day", "dusk", "night"}},
		{Name: "sun", Description: "elevation, instead of time", Kind: Quantity, Dimension: "angle", Min: "-90 deg", Max: "90 deg"},
		{Name: "azimuth", Kind: Quantity, Dimension: "angle", Min: "-360 deg", Max: "360 deg"},
		{Name: "rain", Kind: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "fog", Description: "visibility", Kind: Quantity, Dimension: "length", Min: "10 m", Max: "100 km"},
		{Name: "cloud", Kind: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "glare", Kind: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "wet", Kind: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "friction", Description: "tire-road coefficient, instead of the value that wet implies: 0.9 dry, 0.6 wet, 0.3 snow, 0.1 ice", Kind: Quantity, Dimension: "share", Min: "0.05", Max: "1.5"},
	}},
	{Name: "sensors", Description: "the car's sensors", Kind: Group, Fields: []Field{
		{Name: "rig", Description: "default: a front camera, lidar, radar, odometry and gnss; surround: three more cameras, to the left, to the right and to the rear", Kind: Option, Options: rig.Names()},
	}},
	{Name: "faults", Description: "faults of the car's sensors, by their names in the rig", Kind: Group, Fields: faultFields()},
	{Name: "vary", Description: "parameter, such as weather.rain or lead.do[0].brake.decel, to its values: the seed of a case draws one; the grid combines all, of a range both ends and the middle unless step or steps is given", Kind: VariationMap, Fields: variationFields},
	{Name: "grid", Description: "limit for the combinations of varied values that roadloop test --full drives", Kind: Group, Fields: []Field{
		{Name: "cases", Description: "maximum number, spread evenly over all combinations; 18 by default", Kind: Integer, Min: "1", Max: "10000"},
	}},
	{Name: "until", Description: "when the run ends", Required: true, Kind: Group, Fields: []Field{
		{Name: "time", Required: true, Kind: Quantity, Dimension: "time", Min: "0.1 s", Max: "3600 s"},
		{Name: "s", Description: "earlier, when the ego reaches this position on its route, from the start of its lane", Kind: Quantity, Dimension: "length", Min: "0.1 m", Max: "1000 km"},
	}},
	{Name: "expect", Description: "requirements on the run; at-fault collisions, leaving the road, running red lights or stop signs fail unless allowed. Contradictory expectations are rejected", Kind: Group, Fields: []Field{
		{Name: "collision", Description: "which collisions fail: never - all; blameless (default) - at-fault collisions by the rules of nuPlan (the ego moved, and hit a standing actor, or hit with its front, or from the side while it was in several lanes or off the road); allowed - none. Every collision is reported with its fault", Kind: Option, Options: []string{"never", "blameless", "allowed"}},
		{Name: "off_road", Description: "a corner leaves the drivable area", Kind: Option, Options: verdicts},
		{Name: "red_light", Description: "the front crosses a stop line on red, or the car has stood with its front beyond the line and enters the junction on red. A car that crosses with its front on green or amber and moves on without a standstill may enter on red", Kind: Option, Options: verdicts},
		{Name: "stop_sign", Description: "the front crosses the line of a stop sign without a standstill before it", Kind: Option, Options: verdicts},
		{Name: "wrong_way", Description: "allowed by default", Kind: Option, Options: verdicts},
		{Name: "lane_departure", Description: "a side leaves the lane over a line that must not be crossed; allowed by default", Kind: Option, Options: verdicts},
		{Name: "stranded", Description: "stands in a junction for one second; allowed by default", Kind: Option, Options: verdicts},
		{Name: "min_ttc", Description: "minimum time to collision at constant velocities with any actor that is not behind", Kind: Quantity, Dimension: "time", Min: "0 s", Max: "10 s"},
		{Name: "min_thw", Description: "minimum time headway to the actor ahead", Kind: Quantity, Dimension: "time", Min: "0 s", Max: "10 s"},
		{Name: "min_pet", Description: "minimum post-encroachment time with actors on paths that cross the ego's path", Kind: Quantity, Dimension: "time", Min: "0 s", Max: "10 s"},
		{Name: "min_gap", Description: "minimum gap to the actor ahead in the ego's path, along the lane", Kind: Quantity, Dimension: "length", Min: "0 m", Max: "100 m"},
		{Name: "min_rss_margin", Description: "gap to the actor ahead minus the RSS safe distance with the conservative parameters of ad-rss; may be negative", Kind: Quantity, Dimension: "length", Min: "-200 m", Max: "100 m"},
		{Name: "min_r157_margin", Description: "gap to the actor ahead minus the following distance of UN R157; may be negative", Kind: Quantity, Dimension: "length", Min: "-100 m", Max: "100 m"},
		{Name: "min_edge_distance", Description: "from the ego's side to the edge of its lane, negative beyond it; not measured in junctions", Kind: Quantity, Dimension: "length", Min: "-2 m", Max: "2 m"},
		{Name: "max_lateral_error", Description: "of the rear axle from the lane center", Kind: Quantity, Dimension: "length", Min: "0 m", Max: "100 m"},
		{Name: "max_drac", Description: "deceleration needed to avoid a crash with the actor ahead", Kind: Quantity, Dimension: "accel", Min: "0 m/s2", Max: "50 m/s2"},
		{Name: "max_decel", Description: "maximum deceleration of the ego", Kind: Quantity, Dimension: "accel", Min: "0 m/s2", Max: "20 m/s2"},
		{Name: "max_lateral_accel", Description: "speed times yaw rate", Kind: Quantity, Dimension: "accel", Min: "0 m/s2", Max: "20 m/s2"},
		{Name: "max_jerk", Description: "longitudinal, either sign", Kind: Quantity, Dimension: "jerk", Min: "0 m/s3", Max: "200 m/s3"},
		{Name: "max_speed", Description: "maximum speed of the ego", Kind: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
		{Name: "max_overspeed", Description: "maximum excess of the ego over the speed limit", Kind: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
		{Name: "progress", Description: "minimum distance that the ego drives", Kind: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
		{Name: "reach", Description: "destination of the ego; a length alone is s", Kind: Group, MinItems: 1, Alternative: &Field{Kind: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"}, Fields: []Field{
			{Name: "s", Description: "the ego reaches this position on its route, from the start of its lane", Kind: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
			{Name: "lane", Description: "the ego is in this lane at the end, or in a lane that continues it: it merged, or took the exit", Kind: Integer, Min: "0", Max: "99999"},
		}},
		{Name: "mean_speed", Description: "minimum", Kind: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
		{Name: "comfort", Description: "the whole run is within nuPlan's bounds on accelerations, jerk and yaw", Kind: Boolean},
		{Name: "stops", Description: "the ego reaches a standstill at some time", Kind: Boolean},
		{Name: "stops_before", Description: "the ego reaches a standstill before its front passes this position on its route, counted like ego.s", Kind: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
		{Name: "keeps_lane", Description: "the ego neither changes its lane nor leaves it over a line that must not be crossed", Kind: Boolean},
		{Name: "passes", Description: "actors that are ahead at some time and that the ego passes", Kind: TextList, MinItems: 1},
		{Name: "yields_to", Description: "actors that the ego yields to where their paths cross", Kind: TextList, MinItems: 1},
		{Name: "clearance", Description: "actor to the minimum distance while alongside it: {bike: 1.5 m}", Kind: QuantityMap, Dimension: "length", Min: "0 m", Max: "20 m"},
		{Name: "amplification", Description: "actor to the maximum ratio of the ego's largest slowdown, from the start of the actor's slowdown on, to the actor's largest slowdown: {lead: 1}", Kind: QuantityMap, Dimension: "share", Min: "0", Max: "100"},
		{Name: "color", Description: "worst color that passes, on a scale inspired by Euro NCAP: green - no impact; else by the relative impact speed along the ego's heading, for tests that begin at 50 km/h or more: yellow to 10, orange to 20, brown to 30 km/h; at 40: orange to 10, brown to 20; at 30: brown to 10; red beyond. Replaces collision", Kind: Option, Options: []string{"green", "yellow", "orange", "brown", "red"}},
		{Name: "max_impact_speed", Description: "a collision at a higher speed fails, at fault or not; relative speed along the ego's heading. Replaces collision", Kind: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
		{Name: "min_speed_reduction", Description: "a collision fails if the ego's speed had dropped by less than this since the start. Replaces collision", Kind: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
	}},
}
