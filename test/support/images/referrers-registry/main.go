// The registry of go-containerregistry with its list of referrers, which no program of that module turns on.
// It listens on the address of its argument and keeps everything in memory.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	log.Fatal(http.ListenAndServe(os.Args[1], registry.New(registry.WithReferrersSupport(true))))
}
