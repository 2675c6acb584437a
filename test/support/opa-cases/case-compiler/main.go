// Compiles the cases of OPA's own suite to WebAssembly, each with its query as the only entry point.
//
// Usage: case-compiler CASES OUT
//
// CASES is v1/test/cases/testdata of OPA's module. OUT gets "modules.bin", all modules one after the other, and
// "cases.ndjson", one line a case: what to evaluate, what is wanted, and where its module lies.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/test/cases"
)

type line struct {
	Version       string  `json:"version"`
	File          string  `json:"file"`
	Note          string  `json:"note"`
	Input         *string `json:"input"`
	Data          *string `json:"data"`
	WantDefined   *bool   `json:"wantDefined"`
	WantResult    *string `json:"wantResult"`
	WantErrorCode *string `json:"wantErrorCode"`
	WantError     *string `json:"wantError"`
	SortBindings  bool    `json:"sortBindings"`
	StrictError   bool    `json:"strictError"`
	CompileError  *string `json:"compileError"`
	Offset        int     `json:"offset"`
	Length        int     `json:"length"`
	module        []byte
}

func main() {
	if len(os.Args) != 3 {
		fatal(fmt.Errorf("want two arguments: CASES OUT"))
	}
	lines := []*line{}
	jobs := []func(){}
	for _, version := range []string{"v0", "v1"} {
		root := filepath.Join(os.Args[1], version)
		set, err := cases.Load(root)
		fatal(err)
		for _, tc := range set.Cases {
			file, err := filepath.Rel(os.Args[1], tc.Filename)
			fatal(err)
			of := describe(version, file, tc)
			lines = append(lines, of)
			jobs = append(jobs, func() { compile(of, tc) })
		}
	}
	runAll(jobs)
	write(lines, os.Args[2])
}

func describe(version, file string, tc cases.TestCase) *line {
	of := &line{
		Version:       version,
		File:          file,
		Note:          tc.Note,
		WantDefined:   tc.WantDefined,
		WantErrorCode: tc.WantErrorCode,
		WantError:     tc.WantError,
		SortBindings:  tc.SortBindings,
		StrictError:   tc.StrictError,
	}
	if tc.Data != nil {
		of.Data = toJSON(*tc.Data)
	}
	if tc.WantResult != nil {
		of.WantResult = toJSON(*tc.WantResult)
	}
	if tc.InputTerm != nil {
		text := ast.MustParseTerm(*tc.InputTerm).String()
		of.Input = &text
	} else if tc.Input != nil {
		of.Input = toJSON(*tc.Input)
	}
	return of
}

// toJSON keeps the digits of numbers, which the reader of the table would round.
func toJSON(value any) *string {
	bytes, err := json.Marshal(value)
	fatal(err)
	text := string(bytes)
	return &text
}

func compile(of *line, tc cases.TestCase) {
	regoVersion := ast.RegoV1
	if of.Version == "v0" {
		regoVersion = ast.RegoV0
	}
	options := []func(*rego.Rego){
		rego.Query(tc.Query),
		rego.SetRegoVersion(regoVersion),
		rego.Capabilities(ast.CapabilitiesForThisVersion(ast.CapabilitiesExperimentalKeywords(tc.ExperimentalKeywords))),
	}
	for index, module := range tc.Modules {
		options = append(options, rego.Module(fmt.Sprintf("module-%d.rego", index), module))
	}
	result, err := rego.New(options...).Compile(context.Background())
	if err != nil {
		text := err.Error()
		of.CompileError = &text
		return
	}
	of.module = result.Bytes
}

func runAll(jobs []func()) {
	waiting := make(chan func())
	group := sync.WaitGroup{}
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for job := range waiting {
				job()
			}
		})
	}
	for _, job := range jobs {
		waiting <- job
	}
	close(waiting)
	group.Wait()
}

func write(lines []*line, folder string) {
	modules, err := os.Create(filepath.Join(folder, "modules.bin"))
	fatal(err)
	table, err := os.Create(filepath.Join(folder, "cases.ndjson"))
	fatal(err)
	buffered := bufio.NewWriter(table)
	encoder := json.NewEncoder(buffered)
	offset := 0
	for _, of := range lines {
		of.Offset = offset
		of.Length = len(of.module)
		written, err := modules.Write(of.module)
		fatal(err)
		offset += written
		fatal(encoder.Encode(of))
	}
	fatal(buffered.Flush())
	fatal(table.Close())
	fatal(modules.Close())
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
