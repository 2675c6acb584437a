// The timestamp authority of sigstore with keys in memory. Its own program serves metrics besides, on a fixed port of every
// interface, and asks time servers for the time. Both are left out here.
package main

import (
	"flag"
	"log"
	"time"

	"github.com/sigstore/timestamp-authority/v2/pkg/server"
	"github.com/spf13/viper"
)

const policy = "1.3.6.1.4.1.57264.2"

func main() {
	host := flag.String("host", "127.0.0.1", "the address to listen on")
	port := flag.Int("port", 0, "the port to listen on")
	flag.Parse()
	viper.Set("timestamp-signer", "memory")
	viper.Set("timestamp-signer-hash", "sha256")
	viper.Set("default-policy-oid", policy)
	viper.Set("accepted-policy-oids", []string{policy})
	viper.Set("max-request-body-size", 1<<20)
	served := server.NewRestAPIServer(*host, *port, []string{"http"}, false, time.Minute, time.Minute)
	log.Fatal(served.Serve())
}
