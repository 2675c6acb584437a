/** OPA's own suite of cases in the first version of Rego, compiled to WebAssembly and evaluated by our host. */
import { judgeOpaCases } from '../support/opa-cases/run-cases.ts';

judgeOpaCases('v0');
