import { describeComplete } from './complete-suite.js';

describeComplete(1);
