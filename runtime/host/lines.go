package host

import "go.starlark.net/starlark"

// ReadLines returns what readlines of a file's does: the lines that next gives,
// up to the empty one that is the end, or until their bytes are at least hint, if
// it is above 0. Each is charged a step, and the room for them is asked for.
func ReadLines(thread *starlark.Thread, hint int64, next func() (string, error)) (starlark.Value, error) {
	var lines []starlark.Value
	for total := int64(0); hint <= 0 || total < hint; {
		line, err := next()
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		if lines, err = Grow(thread, lines, 1); err != nil {
			return nil, err
		}
		lines = append(lines, starlark.String(line))
		total += int64(len(line))
		if err := Spend(thread, 1); err != nil {
			return nil, err
		}
	}
	return starlark.NewList(lines), nil
}
