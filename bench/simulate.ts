/**
 * Reckons from the measurements in bench/scale.json how thousands of tasks fare on Fly's machines
 * (docs/performance.md, "Many tasks"). Takes seconds.
 *
 *   npm run bench:simulate                                    # the tables of the page
 *   npm run bench:simulate -- --tasks 5000 --api-rate 10      # one of your own
 *   npm run bench:simulate -- --help                          # what can be chosen
 */

import { readMeasurements } from './scale/measurements.ts';
import { parameterHelp, readParameters } from './simulation/parameters.ts';
import { scenarios, simulationTable, TASK_COUNTS } from './simulation/scenarios.ts';
import { simulate } from './simulation/simulate.ts';

const { help, json, parameters } = readParameters(process.argv.slice(2));
const { samples } = await readMeasurements();
const wanted = parameters ? [{ what: 'as told', parameters }] : scenarios;
const counts = parameters ? [parameters.tasks] : TASK_COUNTS;

function outcomes() {
  return counts.flatMap((tasks) =>
    wanted.map(({ what, parameters }) => ({
      what,
      parameters: { ...parameters, tasks },
      outcome: simulate(samples, { ...parameters, tasks }),
    })),
  );
}

if (help) console.log(parameterHelp());
else if (json) console.log(JSON.stringify(outcomes(), null, 2));
else console.log(simulationTable(samples, wanted, counts));
