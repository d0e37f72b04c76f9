# syntax=docker/dockerfile:1
# One build, three images: docker build --target api|worker|migrate .

# The oldest supported Node, which every later one replaces: docker-compose.yml builds with the current LTS.
ARG NODE_VERSION=20
FROM node:${NODE_VERSION}-slim AS base
ENV CI=1 TURBO_TELEMETRY_DISABLED=1 CHECKPOINT_DISABLE=1
WORKDIR /app
# The version of package.json's packageManager. Without corepack, which Node no longer ships from version 25 on.
RUN npm install --global pnpm@12.4.2
# Manifests first: a change of the sources then keeps the cached layers of node_modules.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/contract/package.json packages/contract/
COPY packages/client/package.json packages/client/
COPY packages/core/package.json packages/core/
COPY packages/embedded/package.json packages/embedded/
COPY apps/api/package.json apps/api/
COPY apps/cli/package.json apps/cli/
COPY apps/worker/package.json apps/worker/
COPY bench/package.json bench/
COPY apps/web/package.json apps/web/

FROM base AS build
RUN --mount=type=cache,target=/pnpm/store pnpm install --frozen-lockfile --store-dir /pnpm/store
COPY . .
RUN pnpm exec prisma generate && pnpm exec turbo run build
# Only what the images need: compiled code with the web page, and the migrations.
RUN mkdir /out \
  && cp --recursive --parents --target-directory=/out prisma/migrations \
     packages/contract/dist packages/core/dist apps/api/dist apps/worker/dist apps/web/dist

FROM base AS production
# Without optional packages: only `npm start` needs the embedded PostgreSQL.
RUN --mount=type=cache,target=/pnpm/store \
    pnpm install --frozen-lockfile --prod --no-optional --store-dir /pnpm/store \
      --filter '@bulk/api...' --filter '@bulk/worker...'
COPY --from=build /out ./
# No process reads types, source maps and texts, nor Prisma's query compilers for other databases. Licenses stay.
RUN find . -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \
      -o -iname 'readme*.md' -o -iname 'changelog*.md' \
      -o -path '*/@prisma/client/runtime/query_compiler_*' -not -name '*_fast_bg.postgresql.*mjs' \) -delete

# Node, the libraries that it loads, and the names of users. The list of packages is for those who scan the image.
FROM node:${NODE_VERSION}-slim AS files
RUN mkdir --parents /files/tmp /files/var/lib/dpkg && chmod 1777 /files/tmp \
  && cp --parents --dereference --target-directory=/files /usr/local/bin/node \
     $(ldd /usr/local/bin/node | grep --only-matching '/[^ ]*') /etc/passwd /etc/group /etc/os-release \
  && dpkg --status libc6 libgcc-s1 libstdc++6 > /files/var/lib/dpkg/status

# No shell and no package manager: whoever breaks in finds no tools.
FROM scratch AS runtime
COPY --from=files /files /
ENV PATH=/usr/local/bin NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
# Root owns the files, and the user `node` runs them: a process cannot change its own code. As a number, because
# Kubernetes (runAsNonRoot) does not look names up.
COPY --from=production /app ./
USER 1000:1000

FROM runtime AS migrate
CMD ["node", "packages/core/dist/migrate-main.js"]

FROM runtime AS worker
ENV WORKER_HEALTH_PORT=3001
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.WORKER_HEALTH_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/worker/dist/main.js"]

# Last, so that `docker build .` without a target builds the API.
FROM runtime AS api
ENV PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/dist/server.js"]
