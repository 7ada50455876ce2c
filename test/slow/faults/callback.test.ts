import { describeCells } from './describe-cells.ts';

describeCells(['callback of a success', 'callback of an error']);
