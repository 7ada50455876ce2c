/** libvips and libtiff write numbers as the machine has them. */
const HIGH = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** 16-bit samples as 8 bits, the way libvips reduces them for a JPEG. Overwrites the beginning of the same memory. */
export function highBytes(samples: Uint8Array): Uint8Array {
  const count = samples.length / 2;
  for (let i = 0; i < count; i++) samples[i] = samples[i * 2 + HIGH] ?? 0;
  return samples.subarray(0, count);
}
