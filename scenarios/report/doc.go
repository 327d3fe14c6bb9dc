// Package report writes the results of a run for readers: a page, text for a terminal,
// Markdown for a pull request, JUnit XML for continuous integration systems, and annotations
// for GitHub Actions. Text and Markdown optionally compare the run with a baseline.
//
// A Page is one self-contained HTML file that needs no network and no server. It has a table
// of verdicts with filters. For every case it has the reason of a failure, the camera video
// with the detections of the network, a replay from above, and plots of all metrics on one
// time axis, with truth and belief.
//
// The size of the page is limited for any number of cases: it keeps the replays and videos of
// failed cases first, then of the first case of each scenario. The other cases are in the
// table, with the command that drives them again.
package report
