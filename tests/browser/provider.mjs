// The institution's OpenID provider of tests/web/remote_test.py: PORT, where its client goes back to, and after a logout.
// Anybody logs in under any name with any password; "boss" is in one group more.
import Provider from "oidc-provider";

const [port, redirect, after] = process.argv.slice(2);
new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'gradeoven', client_secret: 'for-tests-only', redirect_uris: [redirect], post_logout_redirect_uris: [after],
    grant_types: ['authorization_code'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_basic' }],
  cookies: { keys: ['k'] }, conformIdTokenClaims: false, features: { devInteractions: { enabled: true } },
  claims: { openid: ['sub'], email: ['email'], profile: ['name', 'preferred_username', 'groups'] },
  async findAccount(ctx, id) { return { accountId: id, async claims() {
    return { sub: 'id-of-' + id, email: `${id}@uni.example`, name: 'Zoë 学生', preferred_username: id,
             groups: id === 'boss' ? ['staff', 'grading-admins'] : ['staff'] }; } }; },
}).listen(port, '127.0.0.1', () => console.log('ready'));
