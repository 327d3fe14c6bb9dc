package scenarios

import (
	"slices"

	"roadloop/sim/actor"
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

// sensorFaults are the fault fields that all sensors have.
var sensorFaults = []Field{
	{Name: "blackout", About: "interval without messages", Form: Group, Fields: []Field{
		{Name: "from", Form: Quantity, Dimension: "time", Min: "0 s", Max: "3600 s"},
		{Name: "to", About: "by default the end of the run", Form: Quantity, Dimension: "time", Min: "0 s", Max: "3600 s"},
	}},
	{Name: "latency", About: "from measurement to delivery, instead of the default", Form: Quantity, Dimension: "time", Min: "0 s", Max: "1 s"},
	{Name: "dropout", About: "share of lost messages", Form: Quantity, Dimension: "share", Min: "0", Max: "1"},
}

// lensFault is the additional fault of a camera.
var lensFault = Field{Name: "dirt", About: "covered share of the lens", Form: Quantity, Dimension: "share", Min: "0", Max: "1"}

// variationFields are the fields of a varied parameter.
var variationFields = []Field{
	{Name: "any", Form: Values, MinItems: 1},
	{Name: "from", Form: Value},
	{Name: "to", Form: Value},
	{Name: "step", About: "between the grid values, starting at from", Form: Value},
	{Name: "steps", About: "number of grid values, including both ends", Form: Whole, Min: "2", Max: "1000"},
}

// fields is the table of all fields of a scenario file, in schema order.
var fields = []Field{
	{Name: "version", Required: true, Form: Whole, Min: "1", Max: "1"},
	{Name: "name", Required: true, Form: Text},
	{Name: "description", Form: Text},
	{Name: "family", Form: Text},
	{Name: "tags", Form: Texts},
	{Name: "source", About: "origin of the scenario", Form: Text},
	{Name: "preventable", About: "whether a case can be passed; by default the reference drivers of UN R157 and the stack with ground truth decide", Form: Group, Or: &Field{Form: Flag}, Fields: []Field{
		{Name: "is", Required: true, Form: Flag},
		{Name: "because", About: "the reason", Required: true, Form: Text},
	}},
	{Name: "map", About: "a procedural map", Required: true, Form: Group, Fields: []Field{
		{Name: "kind", Required: true, Form: Option, Options: mapKinds()},
		{Name: "lanes", About: "in each direction, without a lane that begins or ends; lane 0 is the rightmost, oncoming lanes follow the last forward lane", Form: Whole, Min: "1", Max: "5"},
		{Name: "one_way", About: "no oncoming lanes", Form: Flag},
		{Name: "lane_width", About: "3.5 m by default", Form: Quantity, Dimension: "length", Min: "2.5 m", Max: "5 m"},
		{Name: "length", About: "of the road, of each arm of a junction, or of a town's block", Form: Quantity, Dimension: "length", Min: "60 m", Max: "20 km"},
		{Name: "radius", About: "of curves, positive to the left; of the ring of a roundabout", Form: Quantity, Dimension: "length", Min: "15 m", Max: "1000 km", EitherSign: true},
		{Name: "angle", About: "change of heading of a curve", Form: Quantity, Dimension: "angle", Min: "0.01 rad", Max: "3 rad", EitherSign: true},
		{Name: "taper", About: "of the lane on which one enters or leaves, or that ends", Form: Quantity, Dimension: "length", Min: "15 m", Max: "2000 m"},
		{Name: "speed_limit", About: "50 km/h by default", Form: Quantity, Dimension: "speed", Min: "1 m/s", Max: "70 m/s"},
		{Name: "control", About: "of junctions", Form: Option, Options: []string{"free", "signals", "stop", "yield"}},
		{Name: "crosswalks", About: "zebra crossings", Form: Flag},
		{Name: "urban", About: "curbs, sidewalks and buildings instead of grass and trees", Form: Flag},
		{Name: "wear", About: "of the markings", Form: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "unmarked", About: "no markings at all", Form: Flag},
		{Name: "yellow", About: "a yellow middle line", Form: Flag},
		{Name: "columns", About: "of a town's junctions", Form: Whole, Min: "1", Max: "12"},
		{Name: "rows", About: "of a town's junctions", Form: Whole, Min: "1", Max: "12"},
		{Name: "seed", About: "fixes scenery and signal phases, which otherwise vary with the case", Form: Whole, Min: "0", Max: "18446744073709551615"},
	}},
	{Name: "ego", About: "by default at 5 m of lane 0, at the speed limit", Form: Group, Fields: []Field{
		{Name: "lane", Form: Whole, Min: "0", Max: "99999"},
		{Name: "s", About: "along the lane", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
		{Name: "reaches", About: "instead of s: the ego starts so that its front reaches s after this time at its speed", Form: Group, Fields: []Field{
			{Name: "s", About: "on its route, from the start of its lane", Required: true, Form: Quantity, Dimension: "length", Min: "0 m", Max: "1000 km"},
			{Name: "in", Required: true, Form: Quantity, Dimension: "time", Min: "0 s", Max: "1000 s"},
		}},
		{Name: "d", About: "to the left of the lane center", Form: Quantity, Dimension: "length", Min: "-2 m", Max: "2 m"},
		{Name: "speed", About: "at the start; by default the speed limit", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "216 km/h"},
		{Name: "drift", About: "speed to the left across the lane at the start, at most a quarter of the speed", Form: Quantity, Dimension: "speed", Min: "-15 m/s", Max: "15 m/s"},
		{Name: "route", Form: OptionList, Options: turnNames},
		{Name: "to", About: "destination lane, with lane changes where necessary; instead of route", Form: Whole, Min: "0", Max: "99999"},
	}},
	{Name: "actors", Form: Groups, Fields: []Field{
		{Name: "id", About: "unique; the actor's name in vary", Required: true, Form: Text},
		{Name: "kind", Required: true, Form: Option, Options: actor.Kinds()},
		{Name: "lane", Form: Whole, Min: "0", Max: "99999"},
		{Name: "s", About: "along the lane", Form: Quantity, Dimension: "length", Min: "-50 m", Max: "100 km"},
		{Name: "headway", About: "instead of s: time gap from the ego's front, at its initial speed, to the actor's rear, on the ego's lane or an adjacent lane", Form: Quantity, Dimension: "time", Min: "0 s", Max: "60 s"},
		{Name: "d", About: "to the left of the lane center", Form: Quantity, Dimension: "length", Min: "-60 m", Max: "60 m"},
		{Name: "speed", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "252 km/h"},
		{Name: "heading", About: "relative to the lane", Form: Quantity, Dimension: "angle", Min: "-360 deg", Max: "360 deg"},
		{Name: "behavior", About: "drive: like traffic: follows other vehicles (Intelligent Driver Model), changes lanes for an advantage (MOBIL), obeys signals, signs and right of way; speed is also the desired speed, by default near the limit; with maneuvers it keeps its lane between them until release; follow: keeps its lane and speed, ignores others unless courteous; by default walk with a path, follow with a speed, else still", Form: Option, Options: []string{"drive", "follow", "still", "walk"}},
		{Name: "courteous", About: "gives way without obligation", Form: Flag},
		{Name: "keep_lane", About: "for drive: no discretionary lane changes; mandatory ones at the end of a lane remain", Form: Flag},
		{Name: "wary", About: "the walker waits for cars", Form: Flag},
		{Name: "route", Form: OptionList, Options: turnNames},
		{Name: "path", About: "waypoints of a walker relative to its lane; s and d are by default those of the actor", Form: Groups, MinItems: 2, Fields: []Field{
			{Name: "s", Form: Quantity, Dimension: "length", Min: "-1 km", Max: "100 km"},
			{Name: "d", Form: Quantity, Dimension: "length", Min: "-1 km", Max: "1 km"},
		}},
		{Name: "meet", About: "instead of s: the vehicle starts so that its front and the ego's front reach the crossing of their routes at the same time, and adjusts its speed to keep this timing", Form: Group, Fields: []Field{
			{Name: "after", About: "time from the ego's arrival to its arrival, negative for earlier; 0 by default", Form: Quantity, Dimension: "time", Min: "-20 s", Max: "20 s"},
			{Name: "steady", About: "time before the arrival during which it no longer adjusts its speed; 3.5 s by default", Form: Quantity, Dimension: "time", Min: "0.1 s", Max: "20 s"},
			{Name: "at", About: "fixed time of its arrival, independent of the ego; instead of after and steady", Form: Quantity, Dimension: "time", Min: "0 s", Max: "1000 s"},
		}},
		{Name: "height", Form: Quantity, Dimension: "length", Min: "0.3 m", Max: "5 m"},
		{Name: "clothing", About: "luminance of the clothes of a person on foot or on two wheels", Form: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "skin", About: "of a person on foot or on two wheels, from light to dark", Form: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "do", About: "maneuvers, one after the other", Form: Groups, OneAction: true, Fields: []Field{
			{Name: "when", About: "conditions, all of which must hold; without conditions the maneuver begins when the previous one is done", Form: Group, Fields: []Field{
				{Name: "time", About: "since the start", Form: Comparison, Dimension: "time", Min: "0 s", Max: "3600 s"},
				{Name: "since", About: "since the end of the previous maneuver", Form: Comparison, Dimension: "time", Min: "0 s", Max: "3600 s"},
				{Name: "done", About: "true: the previous maneuver is done; false: it is in progress", Form: Flag},
				{Name: "ego_gap", About: "from bumper to bumper along the road", Form: Comparison, Dimension: "length", Min: "0 m", Max: "100 km"},
				{Name: "ego_ahead", About: "how far the ego is ahead along the road, negative behind", Form: Comparison, Dimension: "length", Min: "-100 km", Max: "100 km"},
				{Name: "ego_distance", About: "straight-line distance", Form: Comparison, Dimension: "length", Min: "0 m", Max: "100 km"},
				{Name: "ego_ttc", About: "until the ego arrives at its current speed", Form: Comparison, Dimension: "time", Min: "0 s", Max: "3600 s"},
				{Name: "impact", About: "where the ego's front would hit the walker if the walker started now, as a share of the ego's width from the walker's side; decreases while the ego approaches", Form: Comparison, Dimension: "share", Min: "-100", Max: "100"},
				{Name: "ego_s", About: "position of the ego along its lane", Form: Comparison, Dimension: "length", Min: "0 m", Max: "1000 km"},
				{Name: "s", About: "position of the actor along its lane", Form: Comparison, Dimension: "length", Min: "-50 m", Max: "1000 km"},
				{Name: "ego_speed", Form: Comparison, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
				{Name: "speed", About: "of the actor", Form: Comparison, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
			}},
			{Name: "change_lane", Form: Group, Fields: []Field{
				{Name: "to", Required: true, Form: Option, Options: []string{"left", "right"}},
				{Name: "over", Form: Quantity, Dimension: "time", Min: "0.1 s", Max: "60 s"},
			}},
			{Name: "offset", Form: Group, Fields: []Field{
				{Name: "d", About: "to the left of the lane center", Required: true, Form: Quantity, Dimension: "length", Min: "-20 m", Max: "20 m"},
				{Name: "over", Form: Quantity, Dimension: "time", Min: "0.1 s", Max: "60 s"},
			}},
			{Name: "speed", Form: Group, Fields: []Field{
				{Name: "to", Required: true, Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "252 km/h"},
				{Name: "accel", About: "2 m/s2 by default", Form: Quantity, Dimension: "accel", Min: "0.01 m/s2", Max: "20 m/s2"},
			}},
			{Name: "brake", Form: Group, Fields: []Field{
				{Name: "decel", Form: Quantity, Dimension: "accel", Min: "0.01 m/s2", Max: "20 m/s2"},
				{Name: "to", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "252 km/h"},
			}},
			{Name: "stop", Form: Group, Fields: []Field{
				{Name: "decel", Form: Quantity, Dimension: "accel", Min: "0.01 m/s2", Max: "20 m/s2"},
			}},
			{Name: "go", About: "a waiting walker starts to walk", Form: Group, Fields: []Field{
				{Name: "speed", Form: Quantity, Dimension: "speed", Min: "0.1 m/s", Max: "70 m/s"},
			}},
			{Name: "hesitate", About: "a walker stands still for a while", Form: Group, Fields: []Field{
				{Name: "for", Required: true, Form: Quantity, Dimension: "time", Min: "0.01 s", Max: "3600 s"},
			}},
			{Name: "release", About: "the actor drives on like traffic", Form: Group},
		}},
		{Name: "repeat", About: "how often the list of maneuvers runs", Form: Whole, Min: "1", Max: "100"},
	}},
	{Name: "flows", About: "streams of vehicles that drive like traffic, back to the start of their lane", Form: Groups, Fields: []Field{
		{Name: "id", About: "unique; the flow's name in vary", Required: true, Form: Text},
		{Name: "lane", Form: Whole, Min: "0", Max: "99999"},
		{Name: "s", About: "initial position of the first vehicles; by default the end of the lane", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
		{Name: "rate", About: "0 for no flow, at most 1800 veh/h", Required: true, Form: Quantity, Dimension: "rate", Min: "0 veh/h", Max: "1800 veh/h"},
		{Name: "speed", About: "by default the speed limit of the lane", Form: Quantity, Dimension: "speed", Min: "1 m/s", Max: "60 m/s"},
		{Name: "kind", About: "by default cars, vans and trucks", Form: Option, Options: vehicleKinds},
		{Name: "route", Form: OptionList, Options: turnNames},
	}},
	{Name: "traffic", About: "random road users in addition to the named actors, as many as fit on the map; results contain the number placed", Form: Group, Fields: []Field{
		{Name: "cars", About: "number", Form: Whole, Min: "0", Max: "200"},
		{Name: "trucks", About: "number", Form: Whole, Min: "0", Max: "200"},
		{Name: "cyclists", About: "number", Form: Whole, Min: "0", Max: "200"},
		{Name: "pedestrians", About: "number", Form: Whole, Min: "0", Max: "200"},
		{Name: "parked", About: "number", Form: Whole, Min: "0", Max: "200"},
	}},
	{Name: "signal", About: "signal phases of the ego's approach; crossing roads have red meanwhile", Form: Group, Fields: []Field{
		{Name: "start", Form: Option, Options: []string{"red", "amber", "green"}},
		{Name: "red", Form: Quantity, Dimension: "time", Min: "0 s", Max: "1000 s"},
		{Name: "amber", Form: Quantity, Dimension: "time", Min: "0 s", Max: "20 s"},
		{Name: "green", Form: Quantity, Dimension: "time", Min: "0 s", Max: "1000 s"},
	}},
	{Name: "weather", Form: Group, Fields: []Field{
		{Name: "time", Form: Option, Options: []string{"day", "dusk", "night"}},
		{Name: "sun", About: "elevation, instead of time", Form: Quantity, Dimension: "angle", Min: "-90 deg", Max: "90 deg"},
		{Name: "azimuth", Form: Quantity, Dimension: "angle", Min: "-360 deg", Max: "360 deg"},
		{Name: "rain", Form: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "fog", About: "visibility", Form: Quantity, Dimension: "length", Min: "10 m", Max: "100 km"},
		{Name: "cloud", Form: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "glare", Form: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "wet", Form: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "friction", About: "tire-road coefficient, instead of the value that wet implies: 0.9 dry, 0.6 wet, 0.3 snow, 0.1 ice", Form: Quantity, Dimension: "share", Min: "0.05", Max: "1.5"},
	}},
	{Name: "faults", About: "faults of the car's sensors", Form: Group, Fields: []Field{
		{Name: "camera", Form: Group, Fields: append(slices.Clone(sensorFaults), lensFault)},
		{Name: "lidar", Form: Group, Fields: sensorFaults},
		{Name: "radar", Form: Group, Fields: sensorFaults},
		{Name: "odometry", Form: Group, Fields: sensorFaults},
		{Name: "gnss", Form: Group, Fields: sensorFaults},
	}},
	{Name: "vary", About: "parameter, such as weather.rain or lead.do[0].brake.decel, to its values: the seed of a case draws one; the grid combines all, of a range both ends and the middle unless step or steps is given", Form: SpreadTable, Fields: variationFields},
	{Name: "grid", About: "limit for the combinations of varied values that roadloop test --full drives", Form: Group, Fields: []Field{
		{Name: "cases", About: "maximum number, spread evenly over all combinations; 18 by default", Form: Whole, Min: "1", Max: "10000"},
	}},
	{Name: "until", About: "when the run ends", Required: true, Form: Group, Fields: []Field{
		{Name: "time", Required: true, Form: Quantity, Dimension: "time", Min: "0.1 s", Max: "3600 s"},
		{Name: "s", About: "earlier, when the ego reaches this position on its route, from the start of its lane", Form: Quantity, Dimension: "length", Min: "0.1 m", Max: "1000 km"},
	}},
	{Name: "expect", About: "requirements on the run; at-fault collisions, leaving the road, running red lights or stop signs fail unless allowed. Contradictory expectations are rejected", Form: Group, Fields: []Field{
		{Name: "collision", About: "which collisions fail: never - all; blameless (default) - at-fault collisions by the rules of nuPlan (the ego moved, and hit a standing actor, or hit with its front, or from the side while it was in several lanes or off the road); allowed - none. Every collision is reported with its fault", Form: Option, Options: []string{"never", "blameless", "allowed"}},
		{Name: "off_road", About: "a corner leaves the drivable area", Form: Option, Options: verdicts},
		{Name: "red_light", About: "the front crosses a stop line on red, or the car has stood with its front beyond the line and enters the junction on red. A car that crosses with its front on green or amber and moves on without a standstill may enter on red", Form: Option, Options: verdicts},
		{Name: "stop_sign", About: "the front crosses the line of a stop sign without a standstill before it", Form: Option, Options: verdicts},
		{Name: "wrong_way", About: "allowed by default", Form: Option, Options: verdicts},
		{Name: "lane_departure", About: "a side leaves the lane over a line that must not be crossed; allowed by default", Form: Option, Options: verdicts},
		{Name: "stranded", About: "stands in a junction for one second; allowed by default", Form: Option, Options: verdicts},
		{Name: "min_ttc", About: "minimum time to collision at constant velocities with any actor that is not behind", Form: Quantity, Dimension: "time", Min: "0 s", Max: "10 s"},
		{Name: "min_thw", About: "minimum time headway to the actor ahead", Form: Quantity, Dimension: "time", Min: "0 s", Max: "10 s"},
		{Name: "min_pet", About: "minimum post-encroachment time with actors on paths that cross the ego's path", Form: Quantity, Dimension: "time", Min: "0 s", Max: "10 s"},
		{Name: "min_gap", About: "minimum gap to the actor ahead in the ego's path, along the lane", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 m"},
		{Name: "min_rss_margin", About: "gap to the actor ahead minus the RSS safe distance with the conservative parameters of ad-rss; may be negative", Form: Quantity, Dimension: "length", Min: "-200 m", Max: "100 m"},
		{Name: "min_r157_margin", About: "gap to the actor ahead minus the following distance of UN R157; may be negative", Form: Quantity, Dimension: "length", Min: "-100 m", Max: "100 m"},
		{Name: "min_edge_distance", About: "from the ego's side to the edge of its lane, negative beyond it; not measured in junctions", Form: Quantity, Dimension: "length", Min: "-2 m", Max: "2 m"},
		{Name: "max_lateral_error", About: "of the rear axle from the lane center", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 m"},
		{Name: "max_drac", About: "deceleration needed to avoid a crash with the actor ahead", Form: Quantity, Dimension: "accel", Min: "0 m/s2", Max: "50 m/s2"},
		{Name: "max_decel", About: "maximum deceleration of the ego", Form: Quantity, Dimension: "accel", Min: "0 m/s2", Max: "20 m/s2"},
		{Name: "max_lateral_accel", About: "speed times yaw rate", Form: Quantity, Dimension: "accel", Min: "0 m/s2", Max: "20 m/s2"},
		{Name: "max_jerk", About: "longitudinal, either sign", Form: Quantity, Dimension: "jerk", Min: "0 m/s3", Max: "200 m/s3"},
		{Name: "max_speed", About: "maximum speed of the ego", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
		{Name: "max_overspeed", About: "maximum excess of the ego over the speed limit", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
		{Name: "progress", About: "minimum distance that the ego drives", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
		{Name: "reach", About: "destination of the ego; a length alone is s", Form: Group, MinItems: 1, Or: &Field{Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"}, Fields: []Field{
			{Name: "s", About: "the ego reaches this position on its route, from the start of its lane", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
			{Name: "lane", About: "the ego is in this lane at the end, or in a lane that continues it: it merged, or took the exit", Form: Whole, Min: "0", Max: "99999"},
		}},
		{Name: "mean_speed", About: "minimum", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
		{Name: "comfort", About: "the whole run is within nuPlan's bounds on accelerations, jerk and yaw", Form: Flag},
		{Name: "stops", About: "the ego reaches a standstill at some time", Form: Flag},
		{Name: "stops_before", About: "the ego reaches a standstill before its front passes this position on its route, counted like ego.s", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
		{Name: "keeps_lane", About: "the ego neither changes its lane nor leaves it over a line that must not be crossed", Form: Flag},
		{Name: "passes", About: "actors that are ahead at some time and that the ego passes", Form: Texts, MinItems: 1},
		{Name: "yields_to", About: "actors that the ego yields to where their paths cross", Form: Texts, MinItems: 1},
		{Name: "clearance", About: "actor to the minimum distance while alongside it: {bike: 1.5 m}", Form: Quantities, Dimension: "length", Min: "0 m", Max: "20 m"},
		{Name: "amplification", About: "actor to the maximum ratio of the ego's largest slowdown, from the start of the actor's slowdown on, to the actor's largest slowdown: {lead: 1}", Form: Quantities, Dimension: "share", Min: "0", Max: "100"},
		{Name: "color", About: "worst color that passes, on a scale inspired by Euro NCAP: green - no impact; else by the relative impact speed along the ego's heading, for tests that begin at 50 km/h or more: yellow to 10, orange to 20, brown to 30 km/h; at 40: orange to 10, brown to 20; at 30: brown to 10; red beyond. Replaces collision", Form: Option, Options: []string{"green", "yellow", "orange", "brown", "red"}},
		{Name: "max_impact_speed", About: "a collision at a higher speed fails, at fault or not; relative speed along the ego's heading. Replaces collision", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
		{Name: "min_speed_reduction", About: "a collision fails if the ego's speed had dropped by less than this since the start. Replaces collision", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
	}},
}
