import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseWebhookCounts } from './webhook-metrics.ts';

it('parseWebhookCounts() sums up the lines of the webhook, and of no other', () => {
  const text = [
    '# HELP apiserver_admission_webhook_rejection_count [ALPHA] Rejections.',
    'apiserver_admission_webhook_rejection_count{error_type="no_error",name="a.test",operation="CREATE",rejection_code="403",type="admit"} 2',
    'apiserver_admission_webhook_rejection_count{error_type="no_error",name="b.test",operation="CREATE",rejection_code="403",type="admit"} 4',
    'apiserver_admission_webhook_request_total{code="200",name="a.test",operation="CREATE",rejected="true",type="validating"} 2',
    'apiserver_admission_webhook_request_total{code="200",name="a.test",operation="UPDATE",rejected="false",type="validating"} 1e+03',
    'apiserver_admission_webhook_fail_open_count{name="a.test",type="admit"} 3',
  ].join('\n');
  assert.deepEqual(parseWebhookCounts(text, 'a.test'), { asked: 1002, rejected: 2, failedOpen: 3 });
  assert.deepEqual(parseWebhookCounts(text, 'c.test'), { asked: 0, rejected: 0, failedOpen: 0 });
});
