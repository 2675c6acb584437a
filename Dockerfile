# Stages make one image: Go builds OPA, which compiles the policies, and the renderers; npm brings the production dependencies, and the
# compiler that turns the sources into the JavaScript that the npm package ships, too. What is left is Node, git, kustomize, helm, that
# JavaScript (Node would run the sources, but keeps 60 MiB to strip their types), and one WASM bundle. No shell script runs in it.
#
#   docker build --tag holdfast:0.1.0 .

# The version of the npm package "node", on which every test runs; a test keeps the two equal.
ARG NODE_VERSION=24.21.0
ARG GO_VERSION=1.26
# The version in src/authoring/opa-binary.ts; a test keeps the two equal.
ARG OPA_VERSION=1.22.0
# The one that kubectl has inside with which everything is tested (Kubernetes 1.36).
ARG KUSTOMIZE_VERSION=5.8.1
# The version in test/support/assets/helm.ts; a test keeps the two equal.
ARG HELM_VERSION=3.22.0

FROM golang:${GO_VERSION}-bookworm AS opa
ARG OPA_VERSION
RUN CGO_ENABLED=0 GOBIN=/out go install -trimpath -ldflags="-s -w" "github.com/open-policy-agent/opa@v${OPA_VERSION}"

# Without cgo they need no library of the image they are copied to.
FROM golang:${GO_VERSION}-bookworm AS renderers
ARG KUSTOMIZE_VERSION
ARG HELM_VERSION
RUN CGO_ENABLED=0 GOBIN=/out go install -trimpath -ldflags="-s -w" \
  "sigs.k8s.io/kustomize/kustomize/v5@v${KUSTOMIZE_VERSION}" \
  && CGO_ENABLED=0 GOBIN=/out go install -trimpath -ldflags="-s -w" "helm.sh/helm/v3/cmd/helm@v${HELM_VERSION}"

FROM node:${NODE_VERSION}-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No dependency needs its install script, so none gets to run one. The image has its Node already.
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/node node_modules/.bin

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --ignore-scripts
COPY tsconfig.json ./
COPY test/support/build/bundle-sources.ts test/support/build/
COPY src src
RUN ["node", "test/support/build/bundle-sources.ts"]

FROM dependencies AS policies
COPY --from=opa /out/opa /usr/local/bin/opa
COPY --from=build /app/dist dist
COPY policies policies
RUN ["node", "dist/main.js", "policy", "build", "policies", "--out", "/app/bundle"]

FROM node:${NODE_VERSION}-bookworm-slim
# git and ssh fetch the commits that commits.rules judge; Debian's git is 2.39.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
  && rm -rf /var/lib/apt/lists/*
LABEL org.opencontainers.image.title="holdfast" \
  org.opencontainers.image.description="A Kubernetes admission webhook that makes Git the only way to change a cluster" \
  org.opencontainers.image.licenses="Apache-2.0"
# Without a limit glibc keeps a heap for each of the dozen threads, and gives none of them back.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /app
# In a folder of PATH, and owned by root: sources of commits are rendered with them.
COPY --from=renderers /out/kustomize /out/helm /usr/local/bin/
COPY --from=dependencies /app/node_modules node_modules
COPY --from=policies /app/bundle bundle
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
# A number, so that Kubernetes can see that it is not root (runAsNonRoot) without reading /etc/passwd.
USER 65532:65532
EXPOSE 8443 8080 8081
# Node is process 1 and handles SIGTERM itself: the drain needs no init program. Probes are Kubernetes' business.
HEALTHCHECK NONE
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["serve", "--config", "/etc/holdfast/holdfast.yaml"]
