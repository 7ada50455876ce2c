/** An integer with its digits in groups of three: `67 180`. */
export function groupDigits(number: number): string {
  return `${number}`.replace(/\B(?=(\d{3})+$)/g, ' ');
}
