// Package suite selects the cases of a regression suite, splits them into shards, drives
// them, writes the results to disk as cases end, and merges the results of shards.
//
// A suite is a list of cases in a fixed order: the order of the library or of the patterns,
// then of the seeds or of the grid. The results do not depend on the number of workers, on
// shards or on interruptions.
//
// # Journal
//
// With a Journal an interrupted or killed run can continue. It is a text file of JSON lines.
// Each line contains a record and its CRC-32C, in hexadecimal, over the bytes of the record:
// {"crc32c":"1a2b3c4d","record":{…}}. The first record is the JournalHeader. Every other
// record is the result of a case as in the results document, in the order in which cases
// ended. A case has two records if the cause of its failure was found later.
//
// A truncated last line, as a killed run leaves it, is dropped. A damaged record is reported,
// and its case counts as not driven. A journal with a damaged header is rejected. Version 1,
// without checksums, can be read as well.
package suite
