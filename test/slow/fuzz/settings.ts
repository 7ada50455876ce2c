const { ARKE_TEST_FUZZ: count, ARKE_TEST_FUZZ_SEED: seed } = process.env;

/**
 * How many mutants there are, and the seed of the first. CI takes `usual` ones, the same each time;
 * `npm run test:fuzz` as many as it is told, others each time, unless it is told the seed.
 */
export function fuzzSettings(usual: { readonly count: number; readonly seed: number }) {
  const another = count ? Date.now() % 1e9 : usual.seed;
  return { count: Number(count ?? usual.count), seed: Number(seed ?? another) };
}
