# The worker's image: one task per container. docs/image.md says how it is made and measured.

# Compiles TypeScript. No install scripts: the only one that matters here would fetch a second Node.js.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY docs/ docs/
COPY src/ src/
RUN npm run build
# As in the npm package: without the local stand-ins; declarations are of no use at run time.
RUN rm -rf dist/lib/sandbox \
  && find dist -type f \( -name '*.d.ts' -o -name '*.map' \) -delete
COPY bin/ bin/
COPY LICENSE oclif.manifest.json ./
RUN chmod -R u=rwX,go=rX bin dist LICENSE oclif.manifest.json package.json

# The packages needed at run time; sharp's prebuilt binaries are those of the image's platform.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# npm also keeps development packages that a runtime package names as optional peers (TypeScript and types).
# ImageMagick comes as wasm for 32 and for 64 bits; the first is the one that is loaded.
# The AWS packages' dist-es is for bundlers; Node.js loads dist-cjs.
RUN rm -rf node_modules/typescript node_modules/@types node_modules/undici-types \
    node_modules/@imagemagick/magick-wasm/dist/x64 \
  && find node_modules -type d -name dist-es -prune -exec rm -rf {} + \
  && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete \
  && find node_modules -type d -empty -delete \
  && chmod -R u=rwX,go=rX node_modules

FROM node:24-slim
# A container runs one task: what is compiled need not be kept for the next.
ENV NODE_ENV=production NODE_DISABLE_COMPILE_CACHE=1
WORKDIR /app
RUN ln -s /app/bin/run.js /usr/local/bin/arke-tiff
COPY --from=packages /app/node_modules/ node_modules/
COPY --from=build /app/package.json /app/oclif.manifest.json /app/LICENSE ./
COPY --from=build /app/bin/ bin/
COPY --from=build /app/dist/ dist/
# All files belong to root; the worker only reads them, and writes to /tmp.
USER node
CMD ["arke-tiff", "run"]
