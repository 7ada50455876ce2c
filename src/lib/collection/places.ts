import {
  type MakingOptions,
  type MakingPlace,
  type MakingPlaces,
  paysAnotherProcess,
} from '../outputs/make-pages.ts';
import type { PagePlan } from './events.ts';
import type { ConvertingTools } from './item.ts';

/** What all pages of a TIFF have in common. */
export type PageSettings = Pick<MakingOptions, 'encoder' | 'pages' | 'strict' | 'verify'>;

/**
 * The places for the pages of a TIFF in a run: its own process, and others while the run has room
 * for them and the work that is left is worth their start. `plans` are those of its pages.
 */
export function placesFor(
  { further, ...tools }: ConvertingTools,
  plans: readonly PagePlan[],
  settings: PageSettings,
): MakingPlaces {
  const own: MakingOptions = { ...settings, ...tools };
  const plansOf = new Map(plans.map((plan) => [plan.page, plan]));
  let left = plans.reduce((sum, { cpu_seconds }) => sum + cpu_seconds, 0);
  let isFree = true;
  const ownPlace = (): MakingPlace => {
    isFree = false;
    return {
      making: own,
      release: async () => {
        isFree = true;
      },
    };
  };
  const another = async ({ peak_bytes }: PagePlan): Promise<MakingPlace | undefined> => {
    const more = paysAnotherProcess(left) ? await further(peak_bytes) : undefined;
    if (!more) return undefined;
    const { converter, memoryBytes, release } = more;
    const budget = { ...tools.budget, memoryBytes };
    return {
      making: { ...own, converter, budget },
      release: (made) => release(made !== undefined),
    };
  };
  return {
    folder: tools.converter.temporaryFolder,
    take: async ({ page }) => {
      const plan = plansOf.get(page);
      if (!plan) throw new Error('A page was to be made that was not planned.');
      const place = isFree ? ownPlace() : await another(plan);
      if (!place) return undefined;
      left -= plan.cpu_seconds;
      return {
        ...place,
        release: async (made) => {
          if (!made) left += plan.cpu_seconds;
          await place.release(made);
        },
      };
    },
  };
}
