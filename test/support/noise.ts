/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A picture in which every sample is what chance made it: 8 bits each. */
export function noise<C extends number>(
  size: { readonly width: number; readonly height: number; readonly channels: C },
  random: () => number,
) {
  const data = Buffer.alloc(size.width * size.height * size.channels);
  for (let i = 0; i < data.length; i++) data[i] = Math.floor(random() * 256);
  return { ...size, data };
}
