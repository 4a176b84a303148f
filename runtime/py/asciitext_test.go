package py
import ("testing";"go.starlark.net/starlark";"runtime")
func TestX(t *testing.T){
 for _, s := range []string{"","a","abc",string(make([]byte,5000)),string(make([]byte,50000)),string(make([]byte,20000))} {
  v := asciiText(s)
  if !IsUnicode(v) || string(v.(starlark.String))!=s { t.Errorf("%d %v", len(s), IsUnicode(v)) }
  if IsUnicode(starlark.String(s)) {t.Error("plain")}
  if len(s)>2 { w := v.(starlark.String).Slice(1,2,1); if !IsUnicode(w) {t.Error("slice")}}
 }
 runtime.GC();runtime.GC()
}
var sink starlark.Value
func BenchmarkLit(b *testing.B){ for range b.N { sink = asciiText("hello") } }
func BenchmarkIs(b *testing.B){ v := asciiText("hello");for range b.N { if !IsUnicode(v) {b.Fatal()} } }
func BenchmarkLong(b *testing.B){ v := string(make([]byte,100));for range b.N { sink = asciiText(v) } }
