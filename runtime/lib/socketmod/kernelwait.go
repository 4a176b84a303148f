package socketmod

import "starwire/runtime/host"

// BlockReads makes reads on the sockets of h's run wait in the operating system,
// on the thread of the one who reads, rather than in Go's poller: without the
// scheduler between them a short exchange takes a third less time. It is for a
// run that has one thread, and must be called before its script runs;
// [PollReads] ends it. Deadlines, Close and the end of the run end such a read
// as they end any other.
//
// Linux on amd64 and arm64; elsewhere, and under the race detector, it does nothing.
func BlockReads(h *host.Host) { blockReads(h) }

// PollReads makes reads wait in Go's poller again, where any number of them keep
// no thread. It must be called before a second thread of the run reads.
func PollReads(h *host.Host) { pollReads(h) }
