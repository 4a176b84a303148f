package runtime

import "starwire/runtime/host"

// SetDebugLevel sets the debug level of the connections that the session's items
// make from now on; see Config.DebugLevel.
func (s *Session) SetDebugLevel(level int) { s.run.task.host.DebugLevel = level }

// OnRequest makes f hear of each request that the session's items send from now
// on, just before it is sent. Handlers of the session's servers may send some on
// goroutines of their own, so f must be safe for concurrent use.
func (s *Session) OnRequest(f func(host.Request)) { s.run.task.host.Sending = f }
