package runtime

import (
	"maps"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	goruntime "runtime"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
)

// Go has no account of the memory of one goroutine, so a run's memory is what
// the heap of the process has grown by since the run began: a sampler looks at
// it every few milliseconds and stops the run that is over its limit. Between
// two samples, what takes much at once asks first (reserve).

// sampleEvery is how often the heap of a run with a limit of memory is looked at.
const sampleEvery = 3 * time.Millisecond

// A meter measures the memory of one task.
type meter struct {
	task     *task
	limit    int64
	least    int64        // what was live, by the last collection, when the task began
	baseline int64        // the heap when the task began, less what was garbage in it
	sampled  atomic.Int64 // what it had grown by at the last sample

	mu    sync.Mutex
	timer *time.Timer
	off   bool
	floor int64 // growth below which no collection is worth its while
}

// watchMemory begins to measure. The limit is in bytes.
func (t *task) watchMemory(limit int64) {
	raiseMaxStack()
	heap, live := heapInUse()
	m := &meter{task: t, limit: limit, least: live, baseline: heap}
	t.memory = m
	t.run.rt.meters.add(m)
	m.mu.Lock()
	m.timer = time.AfterFunc(sampleEvery, m.sample)
	m.mu.Unlock()
}

// close ends the measuring.
func (m *meter) close() {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.off = true
	m.timer.Stop()
	m.task.run.rt.meters.remove(m)
}

// meters are those of the runs of a Runtime that are under way.
type meters struct {
	mu sync.Mutex
	m  map[*meter]struct{}
}

func (s *meters) add(m *meter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m == nil {
		s.m = make(map[*meter]struct{})
	}
	s.m[m] = struct{}{}
}

func (s *meters) remove(m *meter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, m)
}

// full returns one of the meters if none of them has room for n bytes more; nil if
// there are none.
func (s *meters) full(n int64) *meter {
	s.mu.Lock()
	all := slices.Collect(maps.Keys(s.m))
	s.mu.Unlock()
	var last *meter
	for _, m := range all {
		if m.room(n) {
			return nil
		}
		last = m
	}
	return last
}

// sample looks at the heap, and stops the task if what is over the limit is not
// garbage.
func (m *meter) sample() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.off {
		return
	}
	grown := m.grown()
	if grown > m.limit && grown > m.floor {
		goruntime.GC()
		if grown = m.grown(); grown > m.limit {
			m.off = true
			m.task.stop(memoryExceeded(m.limit))
			return
		}
		// Another collection has to wait until there is something to collect.
		m.floor = grown + m.limit/4
	}
	m.sampled.Store(grown)
	m.timer.Reset(sampleEvery)
}

// grown returns by how much the heap has grown. What was garbage when the task
// began does not count for long. m.mu is held.
func (m *meter) grown() int64 {
	heap, _ := heapInUse()
	m.baseline = min(m.baseline, max(heap, m.least))
	return heap - m.baseline
}

// room reports whether n bytes more would be within the limit.
func (m *meter) room(n int64) bool {
	if m.sampled.Load()+n <= m.limit {
		return true
	}
	if n > m.limit {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.grown()+n <= m.limit {
		return true
	}
	goruntime.GC()
	return m.grown()+n <= m.limit
}

func memoryExceeded(limit int64) *LimitError {
	return &LimitError{Limit: "memory", Value: strconv.FormatInt(limit, 10) + " bytes", Flag: "--max-memory"}
}

// heapInUse returns the bytes of the heap's objects, garbage included, and of
// the stacks; and of the objects that the last collection found live.
func heapInUse() (heap, live int64) {
	samples := samplesPool.Get().(*[3]metrics.Sample)
	defer samplesPool.Put(samples)
	metrics.Read(samples[:])
	heap = int64(samples[0].Value.Uint64() + samples[1].Value.Uint64())
	return heap, min(heap, int64(samples[2].Value.Uint64()))
}

var samplesPool = sync.Pool{New: func() any {
	return &[3]metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/stacks:bytes"},
		{Name: "/gc/heap/live:bytes"},
	}
}}

// maxStack is how deep the Go stack may get: twice Go's own bound, which no
// recover helps to survive. The interpreter goes into nested data by recursion,
// and the limit of memory bounds how deep that can be nested.
const maxStack = 1 << 30

// raiseMaxStack makes maxStack the bound, unless the program has set a higher one.
func raiseMaxStack() {
	maxStackRaised.Do(func() {
		if old := debug.SetMaxStack(maxStack); old > maxStack {
			debug.SetMaxStack(old)
		}
	})
}

var maxStackRaised sync.Once

// Sizes of what a script can make at once.
const (
	smallSize = 1 << 20 // bytes; less is for the sampler to notice
	largeSize = 1 << 34 // bytes; more is refused to everyone
	valueSize = 16      // bytes of a value in a list
)

// reserve is asked before n bytes are taken at once. It stops a run that would
// be over its limit. The error is that, or a MemoryError.
func reserve(thread *starlark.Thread, n int64) error {
	if 0 <= n && n < smallSize {
		return nil
	}
	t := stateOf(thread).task.root()
	if m := t.memory; m != nil && (n < 0 || !m.room(n)) {
		return t.exceed(memoryExceeded(m.limit))
	}
	if n < 0 || n > largeSize {
		return py.MemoryError.New(nil)
	}
	return nil
}

// exceed stops the task and returns why.
func (t *task) exceed(cause *LimitError) error {
	t.stop(cause)
	return cause
}

// times returns a * b, or -1 if that is no int64. Both are positive.
func times(a, b int64) int64 {
	if a != 0 && b > (1<<62)/a {
		return -1
	}
	return a * b
}
