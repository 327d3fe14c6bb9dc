package scenarios

import (
	"slices"

	"roadloop/sim/actor"
	"roadloop/sim/road"
)

// mapKinds returns the names of all kinds of maps.
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
	// vehicleKinds are the kinds of actors that drive as traffic does.
	vehicleKinds = []string{"car", "van", "truck", "bus", "motorcycle", "cyclist"}
)

// sensorFaults are the fields of faults that all sensors have.
var sensorFaults = []Field{
	{Name: "blackout", About: "when nothing arrives", Form: Group, Fields: []Field{
		{Name: "from", Form: Quantity, Dimension: "time", Min: "0 s", Max: "3600 s"},
		{Name: "to", About: "end of the run if not given", Form: Quantity, Dimension: "time", Min: "0 s", Max: "3600 s"},
	}},
	{Name: "latency", About: "from measuring to arriving, instead of the usual one", Form: Quantity, Dimension: "time", Min: "0 s", Max: "1 s"},
	{Name: "dropout", About: "of the messages that are lost", Form: Quantity, Dimension: "share", Min: "0", Max: "1"},
}

// lensFault is the fault that only a camera has.
var lensFault = Field{Name: "dirt", About: "of the lens that is covered", Form: Quantity, Dimension: "share", Min: "0", Max: "1"}

// spreadFields are those of the values that a parameter may have.
var spreadFields = []Field{
	{Name: "any", Form: Values, MinItems: 1},
	{Name: "from", Form: Value},
	{Name: "to", Form: Value},
	{Name: "step", About: "between the values of the grid, from one end on", Form: Value},
	{Name: "steps", About: "how many values of the grid, both ends included", Form: Whole, Min: "2", Max: "1000"},
}

// fields is the table of all fields of a scenario file, in the order of the schema.
var fields = []Field{
	{Name: "version", Required: true, Form: Whole, Min: "1", Max: "1"},
	{Name: "name", Required: true, Form: Text},
	{Name: "description", Form: Text},
	{Name: "family", Form: Text},
	{Name: "tags", Form: Texts},
	{Name: "source", About: "where the idea comes from", Form: Text},
	{Name: "preventable", About: "whether a case can be passed; without it, the reference drivers of UN R157 and the stack with ground truth try", Form: Group, Or: &Field{Form: Flag}, Fields: []Field{
		{Name: "is", Required: true, Form: Flag},
		{Name: "because", About: "the reason", Required: true, Form: Text},
	}},
	{Name: "map", About: "a procedural map", Required: true, Form: Group, Fields: []Field{
		{Name: "kind", Required: true, Form: Option, Options: mapKinds()},
		{Name: "lanes", About: "in each direction, without the one that begins or ends; 0 is the rightmost, oncoming lanes come after the last forward one", Form: Whole, Min: "1", Max: "5"},
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
		{Name: "reaches", About: "instead of s: the ego begins where its front comes to s in that time at its speed", Form: Group, Fields: []Field{
			{Name: "s", About: "on its way, from the start of its lane", Required: true, Form: Quantity, Dimension: "length", Min: "0 m", Max: "1000 km"},
			{Name: "in", Required: true, Form: Quantity, Dimension: "time", Min: "0 s", Max: "1000 s"},
		}},
		{Name: "d", About: "to the left of the lane's middle", Form: Quantity, Dimension: "length", Min: "-2 m", Max: "2 m"},
		{Name: "speed", About: "at the start; by default the speed limit", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "216 km/h"},
		{Name: "drift", About: "speed to the left across the lane at the start, at most a quarter of the speed", Form: Quantity, Dimension: "speed", Min: "-15 m/s", Max: "15 m/s"},
		{Name: "route", Form: OptionList, Options: turnNames},
		{Name: "to", About: "lane to arrive on, by lane changes where need be; instead of route", Form: Whole, Min: "0", Max: "99999"},
	}},
	{Name: "actors", Form: Groups, Fields: []Field{
		{Name: "id", About: "unique; vary names the actor by it", Required: true, Form: Text},
		{Name: "kind", Required: true, Form: Option, Options: actor.Kinds()},
		{Name: "lane", Form: Whole, Min: "0", Max: "99999"},
		{Name: "s", About: "along the lane", Form: Quantity, Dimension: "length", Min: "-50 m", Max: "100 km"},
		{Name: "headway", About: "instead of s: time that the ego, at its starting speed, takes to where the rear of the actor begins, on its lane or an adjacent one", Form: Quantity, Dimension: "time", Min: "0 s", Max: "60 s"},
		{Name: "d", About: "to the left of the lane's middle", Form: Quantity, Dimension: "length", Min: "-60 m", Max: "60 m"},
		{Name: "speed", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "252 km/h"},
		{Name: "heading", About: "relative to the lane", Form: Quantity, Dimension: "angle", Min: "-360 deg", Max: "360 deg"},
		{Name: "behavior", About: "drive: as traffic does: follows other vehicles (Intelligent Driver Model), changes lanes where that pays (MOBIL), obeys signals, signs and right of way; speed is the wanted speed too, near the limit if not given; with maneuvers it keeps its lane between them until release; follow: keeps its lane and speed, blind to others unless courteous; by default walk with a path, follow with a speed, else still", Form: Option, Options: []string{"drive", "follow", "still", "walk"}},
		{Name: "courteous", About: "gives way where it need not", Form: Flag},
		{Name: "keep_lane", About: "of drive: no lane changes for the driver's advantage; one that the end of a lane calls for is made", Form: Flag},
		{Name: "wary", About: "a walker that waits for cars", Form: Flag},
		{Name: "route", Form: OptionList, Options: turnNames},
		{Name: "path", About: "of a walker: places along its lane and off it, by default its own s and d", Form: Groups, MinItems: 2, Fields: []Field{
			{Name: "s", Form: Quantity, Dimension: "length", Min: "-1 km", Max: "100 km"},
			{Name: "d", Form: Quantity, Dimension: "length", Min: "-1 km", Max: "1 km"},
		}},
		{Name: "meet", About: "instead of s: a vehicle begins so far away that its front comes to where its way crosses that of the ego together with the front of the ego, and slows down or speeds up to keep to that", Form: Group, Fields: []Field{
			{Name: "after", About: "how much later than the ego it comes, negative for earlier; 0 by default", Form: Quantity, Dimension: "time", Min: "-20 s", Max: "20 s"},
			{Name: "steady", About: "how long before it stops adjusting its speed; 3.5 s by default", Form: Quantity, Dimension: "time", Min: "0.1 s", Max: "20 s"},
			{Name: "at", About: "when it comes, whatever the ego does, instead", Form: Quantity, Dimension: "time", Min: "0 s", Max: "1000 s"},
		}},
		{Name: "height", Form: Quantity, Dimension: "length", Min: "0.3 m", Max: "5 m"},
		{Name: "clothing", About: "luminance of the clothes of a person on foot or on two wheels", Form: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "skin", About: "of a person on foot or on two wheels, from light to dark", Form: Quantity, Dimension: "share", Min: "0", Max: "1"},
		{Name: "do", About: "maneuvers, one after the other", Form: Groups, OneAction: true, Fields: []Field{
			{Name: "when", About: "conditions, all of which must hold; without any the maneuver begins as soon as the one before is done", Form: Group, Fields: []Field{
				{Name: "time", About: "since the start", Form: Comparison, Dimension: "time", Min: "0 s", Max: "3600 s"},
				{Name: "since", About: "since the maneuver before was done", Form: Comparison, Dimension: "time", Min: "0 s", Max: "3600 s"},
				{Name: "done", About: "true: the maneuver before is done; false: it still goes on", Form: Flag},
				{Name: "ego_gap", About: "from bumper to bumper along the road", Form: Comparison, Dimension: "length", Min: "0 m", Max: "100 km"},
				{Name: "ego_ahead", About: "how far the ego is ahead along the road, negative behind", Form: Comparison, Dimension: "length", Min: "-100 km", Max: "100 km"},
				{Name: "ego_distance", About: "between the two, as the crow flies", Form: Comparison, Dimension: "length", Min: "0 m", Max: "100 km"},
				{Name: "ego_ttc", About: "until the ego arrives at its present speed", Form: Comparison, Dimension: "time", Min: "0 s", Max: "3600 s"},
				{Name: "impact", About: "where on the front of the ego a walker would be hit if it set off now, as a share of the width of the ego from the side that the walker comes from; falls while the ego comes nearer", Form: Comparison, Dimension: "share", Min: "-100", Max: "100"},
				{Name: "ego_s", About: "how far the ego has come along its lane", Form: Comparison, Dimension: "length", Min: "0 m", Max: "1000 km"},
				{Name: "s", About: "how far the actor has come along its lane", Form: Comparison, Dimension: "length", Min: "-50 m", Max: "1000 km"},
				{Name: "ego_speed", Form: Comparison, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
				{Name: "speed", About: "of the actor", Form: Comparison, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
			}},
			{Name: "change_lane", Form: Group, Fields: []Field{
				{Name: "to", Required: true, Form: Option, Options: []string{"left", "right"}},
				{Name: "over", Form: Quantity, Dimension: "time", Min: "0.1 s", Max: "60 s"},
			}},
			{Name: "offset", Form: Group, Fields: []Field{
				{Name: "d", About: "to the left of the lane's middle", Required: true, Form: Quantity, Dimension: "length", Min: "-20 m", Max: "20 m"},
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
			{Name: "go", About: "a waiting walker sets out", Form: Group, Fields: []Field{
				{Name: "speed", Form: Quantity, Dimension: "speed", Min: "0.1 m/s", Max: "70 m/s"},
			}},
			{Name: "hesitate", About: "a walker stands still for a while", Form: Group, Fields: []Field{
				{Name: "for", Required: true, Form: Quantity, Dimension: "time", Min: "0.01 s", Max: "3600 s"},
			}},
			{Name: "release", About: "the actor drives on as traffic does", Form: Group},
		}},
		{Name: "repeat", About: "how often all maneuvers are done, one round after the other", Form: Whole, Min: "1", Max: "100"},
	}},
	{Name: "flows", About: "streams of vehicles that drive as traffic does, as far back as their lane goes", Form: Groups, Fields: []Field{
		{Name: "id", About: "unique; vary names the flow by it", Required: true, Form: Text},
		{Name: "lane", Form: Whole, Min: "0", Max: "99999"},
		{Name: "s", About: "where the flow has come to at the start; by default the end of the lane", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
		{Name: "rate", About: "0 for no flow, at most 1800 veh/h", Required: true, Form: Quantity, Dimension: "rate", Min: "0 veh/h", Max: "1800 veh/h"},
		{Name: "speed", About: "by default the limit of the lane", Form: Quantity, Dimension: "speed", Min: "1 m/s", Max: "60 m/s"},
		{Name: "kind", About: "by default cars, vans and trucks", Form: Option, Options: vehicleKinds},
		{Name: "route", Form: OptionList, Options: turnNames},
	}},
	{Name: "traffic", About: "random road users in addition to the named actors, as many as the map has room for; results say how many were placed", Form: Group, Fields: []Field{
		{Name: "cars", About: "how many", Form: Whole, Min: "0", Max: "200"},
		{Name: "trucks", About: "how many", Form: Whole, Min: "0", Max: "200"},
		{Name: "cyclists", About: "how many", Form: Whole, Min: "0", Max: "200"},
		{Name: "pedestrians", About: "how many", Form: Whole, Min: "0", Max: "200"},
		{Name: "parked", About: "how many", Form: Whole, Min: "0", Max: "200"},
	}},
	{Name: "signal", About: "what the ego's approach shows; crossing roads have red meanwhile", Form: Group, Fields: []Field{
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
		{Name: "friction", About: "between tires and road, instead of what wet implies: 0.9 dry, 0.6 wet, 0.3 snow, 0.1 ice", Form: Quantity, Dimension: "share", Min: "0.05", Max: "1.5"},
	}},
	{Name: "faults", About: "what is wrong with the sensors of the car", Form: Group, Fields: []Field{
		{Name: "camera", Form: Group, Fields: append(slices.Clone(sensorFaults), lensFault)},
		{Name: "lidar", Form: Group, Fields: sensorFaults},
		{Name: "radar", Form: Group, Fields: sensorFaults},
		{Name: "odometry", Form: Group, Fields: sensorFaults},
		{Name: "gnss", Form: Group, Fields: sensorFaults},
	}},
	{Name: "vary", About: "parameter, such as weather.rain or lead.do[0].brake.decel, to the values it may have: a case draws one by its seed; the grid combines all, of a range both ends and the middle unless step or steps says otherwise", Form: SpreadTable, Fields: spreadFields},
	{Name: "grid", About: "how much of all combinations of the varied values roadloop test --full drives", Form: Group, Fields: []Field{
		{Name: "cases", About: "at most so many, spread evenly; 18 by default", Form: Whole, Min: "1", Max: "10000"},
	}},
	{Name: "until", About: "when the run ends", Required: true, Form: Group, Fields: []Field{
		{Name: "time", Required: true, Form: Quantity, Dimension: "time", Min: "0.1 s", Max: "3600 s"},
		{Name: "s", About: "earlier, when the ego has come so far on its way, from the start of its lane", Form: Quantity, Dimension: "length", Min: "0.1 m", Max: "1000 km"},
	}},
	{Name: "expect", About: "what must hold; collisions at the ego's fault, leaving the road, running red lights or stop signs fail unless allowed. Expectations that contradict each other are refused", Form: Group, Fields: []Field{
		{Name: "collision", About: "which collisions fail: never - any; blameless, the default - those at the ego's fault by the rules of nuPlan (it moved, and hit a standing actor, or hit with its front, or from the side while it was in several lanes or off the road); allowed - none. Every collision is reported with the fault", Form: Option, Options: []string{"never", "blameless", "allowed"}},
		{Name: "off_road", About: "a corner leaves the drivable area", Form: Option, Options: verdicts},
		{Name: "red_light", About: "the front crosses a stop line on red, or the car has stood with its front beyond the line and enters the junction on red. A car that crosses with its front on green or amber and moves on without a standstill may enter on red", Form: Option, Options: verdicts},
		{Name: "stop_sign", About: "the front crosses the line of a stop sign without a standstill before it", Form: Option, Options: verdicts},
		{Name: "wrong_way", About: "allowed by default", Form: Option, Options: verdicts},
		{Name: "lane_departure", About: "a side leaves the lane over a line that must not be crossed; allowed by default", Form: Option, Options: verdicts},
		{Name: "stranded", About: "stood in a junction for a second; allowed by default", Form: Option, Options: verdicts},
		{Name: "min_ttc", About: "time to collision at constant velocities, with any actor that is not behind, is never less", Form: Quantity, Dimension: "time", Min: "0 s", Max: "10 s"},
		{Name: "min_thw", About: "time headway to the one ahead is never less", Form: Quantity, Dimension: "time", Min: "0 s", Max: "10 s"},
		{Name: "min_pet", About: "post-encroachment time with actors on paths that cross the ego's is not less", Form: Quantity, Dimension: "time", Min: "0 s", Max: "10 s"},
		{Name: "min_gap", About: "to the one ahead in the ego's way, along the lane", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 m"},
		{Name: "min_rss_margin", About: "gap to the one ahead less the safe distance of RSS with the conservative parameters of ad-rss; may be negative", Form: Quantity, Dimension: "length", Min: "-200 m", Max: "100 m"},
		{Name: "min_r157_margin", About: "gap to the one ahead less the following distance of UN R157; may be negative", Form: Quantity, Dimension: "length", Min: "-100 m", Max: "100 m"},
		{Name: "min_edge_distance", About: "from the ego's side to the edge of its lane, negative beyond it; not measured in junctions", Form: Quantity, Dimension: "length", Min: "-2 m", Max: "2 m"},
		{Name: "max_lateral_error", About: "of the rear axle from the middle of the lane", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 m"},
		{Name: "max_drac", About: "deceleration needed to avoid a crash with the one ahead", Form: Quantity, Dimension: "accel", Min: "0 m/s2", Max: "50 m/s2"},
		{Name: "max_decel", About: "the ego never brakes harder", Form: Quantity, Dimension: "accel", Min: "0 m/s2", Max: "20 m/s2"},
		{Name: "max_lateral_accel", About: "speed times yaw rate", Form: Quantity, Dimension: "accel", Min: "0 m/s2", Max: "20 m/s2"},
		{Name: "max_jerk", About: "along the way, either sign", Form: Quantity, Dimension: "jerk", Min: "0 m/s3", Max: "200 m/s3"},
		{Name: "max_speed", About: "the ego is never faster", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
		{Name: "max_overspeed", About: "the ego is never faster than the speed limit by more than this", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
		{Name: "progress", About: "the ego comes at least this far", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
		{Name: "reach", About: "where the ego comes to; a length stands for s", Form: Group, MinItems: 1, Or: &Field{Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"}, Fields: []Field{
			{Name: "s", About: "the ego comes at least to here on its way, from the start of its lane", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
			{Name: "lane", About: "the ego is in this lane at the end, or in one that continues it: it merged, or took the exit", Form: Whole, Min: "0", Max: "99999"},
		}},
		{Name: "mean_speed", About: "at least", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
		{Name: "comfort", About: "keeps to nuPlan's bounds on accelerations, jerk and yaw all the way", Form: Flag},
		{Name: "stops", About: "the ego comes to a standstill at some time", Form: Flag},
		{Name: "stops_before", About: "the ego comes to a standstill before its front is this far along its way, counted as ego.s is", Form: Quantity, Dimension: "length", Min: "0 m", Max: "100 km"},
		{Name: "keeps_lane", About: "the ego neither changes its lane nor leaves it over a line that must not be crossed", Form: Flag},
		{Name: "passes", About: "actors that are ahead at some time and that the ego leaves behind", Form: Texts, MinItems: 1},
		{Name: "yields_to", About: "actors that the ego yields to where their paths cross", Form: Texts, MinItems: 1},
		{Name: "clearance", About: "actor to the least distance while alongside it: {bike: 1.5 m}", Form: Quantities, Dimension: "length", Min: "0 m", Max: "20 m"},
		{Name: "amplification", About: "actor to how many times its largest drop of speed the ego's may be from when that begins: {lead: 1}", Form: Quantities, Dimension: "share", Min: "0", Max: "100"},
		{Name: "color", About: "the worst that passes of a band inspired by Euro NCAP's: green - no impact; else by the relative impact speed along the ego's heading, for tests that begin at 50 km/h or more: yellow to 10, orange to 20, brown to 30 km/h; at 40: orange to 10, brown to 20; at 30: brown to 10; red beyond. Stands instead of collision", Form: Option, Options: []string{"green", "yellow", "orange", "brown", "red"}},
		{Name: "max_impact_speed", About: "a harder collision fails, at fault or not; relative speed along the ego's heading. Stands instead of collision", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
		{Name: "min_speed_reduction", About: "collisions fail before which the ego slowed down by less since the start. Stands instead of collision", Form: Quantity, Dimension: "speed", Min: "0 km/h", Max: "360 km/h"},
	}},
}
