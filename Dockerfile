# The worker's image: one task per container. docs/image.md says how it is made and measured, and how
# to build on a base image of one digest.
ARG NODE_IMAGE=node:24-slim

# Compiles and bundles. No install scripts: the only one that matters here would fetch a second Node.js.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY docs/ docs/
COPY build/ build/
COPY src/ src/
RUN npm run build
# The bundle is all that is run; source maps are of no use at run time, nor is the page of "dev".
RUN find dist -mindepth 1 -maxdepth 1 ! -name bundle -exec rm -rf {} + \
  && find dist -type f \( -name '*.map' -o -name dev.html \) -delete
COPY bin/ bin/
COPY LICENSE oclif.manifest.json ./
RUN chmod -R u=rwX,go=rX bin dist LICENSE oclif.manifest.json package.json

# The packages beside the bundle; sharp's prebuilt binaries are those of the image's platform.
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# What the bundle holds is no package any more.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && npm uninstall --omit=dev --ignore-scripts --no-audit --no-fund \
    @aws-sdk/client-s3 chalk fastest-levenshtein file-type fill-range ora p-limit picomatch standardwebhooks string-width valibot
# npm also keeps development packages that a runtime package names as optional peers (types).
# ImageMagick comes as wasm for 32 and for 64 bits; the first is the one that is loaded.
# jake, with async and filelist, belongs to the command line of ejs, which nobody calls.
RUN rm -rf node_modules/typescript node_modules/@types node_modules/undici-types \
    node_modules/@imagemagick/magick-wasm/dist/x64 node_modules/.package-lock.json node_modules/.bin \
    node_modules/jake node_modules/async node_modules/filelist \
  && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \
    -o -iname 'readme.md' -o -iname 'changelog.md' -o -iname 'history.md' \) -delete \
  && find node_modules -type d -empty -delete \
  && chmod -R u=rwX,go=rX node_modules

FROM ${NODE_IMAGE} AS worker
# Node reads what it has compiled before from there, and can write nothing to it.
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/.compiled
WORKDIR /app
RUN ln -s /app/bin/run.js /usr/local/bin/arke-tiff
COPY --from=packages /app/node_modules/ node_modules/
COPY --from=build /app/package.json /app/oclif.manifest.json /app/LICENSE ./
COPY --from=build /app/bin/ bin/
COPY --from=build /app/dist/ dist/

# Fills the cache by a task that finds no R2, and by a conversion process, which such a task does not need;
# as the user who will read it: each has one of his own.
FROM worker AS compiled
RUN install -d -o node -g node .compiled
USER node
RUN TASK_ID=t BATCH_ID=b INPUT_R2_KEY=t.tif R2_ACCOUNT_ID=a R2_ACCESS_KEY_ID=k R2_SECRET_ACCESS_KEY=s \
    R2_BUCKET=b R2_ENDPOINT=http://127.0.0.1:9 CALLBACK_URL=http://127.0.0.1:10 TASK_TIMEOUT_MS=8000 \
    arke-tiff run; \
  node -e "process.exitCode = 1; \
    require('node:child_process').fork('dist/bundle/child.js').once('message', function ({ kind }) { \
      process.exitCode = Number(kind !== 'ready'); this.disconnect(); })" \
  && chmod -R u=rwX,go=rX .compiled && test -n "$(find .compiled -type f)"

FROM worker
COPY --from=compiled --chown=root:root /app/.compiled/ .compiled/
# Of what this image was made: docs/image.md has the command.
ARG SOURCE=
ARG REVISION=
LABEL org.opencontainers.image.title=arke-tiff \
  org.opencontainers.image.description="Converts one TIFF in Cloudflare R2 to JPEG" \
  org.opencontainers.image.licenses=Apache-2.0 \
  org.opencontainers.image.source="${SOURCE}" \
  org.opencontainers.image.revision="${REVISION}"
# All files belong to root; the worker only reads them, and writes to /tmp.
USER node
CMD ["arke-tiff", "run"]
