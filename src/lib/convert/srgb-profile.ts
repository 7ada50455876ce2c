/**
 * Whether a colour profile is called sRGB, as those are that programs embed in JPEGs; its name is
 * in ASCII or UTF-16 (ICC.1:2022, 9.2.41).
 */
export function isSrgbProfile(profile: Uint8Array): boolean {
  return Buffer.from(profile).toString('latin1').replaceAll('\0', '').includes('sRGB');
}
