/**
 * Reckons from the measurements in bench/scale.json how thousands of tasks fare on Fly's machines
 * (docs/performance.md, "Many tasks"), as `npm run bench:scale` does at its end. Takes seconds.
 *
 *   npm run bench:simulate                                    # the tables of the page
 *   npm run bench:simulate -- --tasks 5000 --api-rate 10      # one of your own
 *   npm run bench:simulate -- --help                          # what can be chosen
 */

import { readMeasurements } from './scale/measurements.ts';
import { parameterHelp, readParameters } from './simulation/parameters.ts';
import { simulateAll, simulationTable } from './simulation/scenarios.ts';

const { help, json, parameters } = readParameters(process.argv.slice(2));
const { samples } = await readMeasurements();

function simulated() {
  if (!parameters) return simulateAll(samples);
  return simulateAll(samples, [{ what: 'as told', parameters }], [parameters.tasks]);
}

if (help) console.log(parameterHelp());
else if (json) console.log(JSON.stringify(simulated(), null, 2));
else console.log(simulationTable(simulated()));
