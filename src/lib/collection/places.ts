import {
  type MakingOptions,
  type MakingPlace,
  type MakingPlaces,
  paysAnotherProcess,
} from '../outputs/make-pages.ts';
import type { PagePlan } from './events.ts';
import type { ConvertingTools } from './item.ts';
import type { PlannedPages } from './plan-pages.ts';

/** What all pages of a TIFF have in common. */
export type PageSettings = Pick<MakingOptions, 'encoder' | 'pages' | 'strict' | 'verify'>;

/**
 * The places for the pages of a TIFF in a run: its own process, and others while the run has room
 * for them and the work that is left is worth their start.
 */
export function placesFor(
  { further, ...tools }: ConvertingTools,
  { plans, priced }: Pick<PlannedPages, 'plans' | 'priced'>,
  settings: PageSettings,
): MakingPlaces {
  const own: MakingOptions = { ...settings, ...tools };
  const plansOf = new Map(plans.map((plan, i) => [plan.page, { plan, priced: priced[i] }]));
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
      const planned = plansOf.get(page);
      if (!planned) throw new Error('A page was to be made that was not planned.');
      const { plan } = planned;
      const place = isFree ? ownPlace() : await another(plan);
      if (!place) return undefined;
      left -= plan.cpu_seconds;
      return {
        making: { ...place.making, priced: planned.priced },
        release: async (made) => {
          if (!made) left += plan.cpu_seconds;
          await place.release(made);
        },
      };
    },
  };
}
