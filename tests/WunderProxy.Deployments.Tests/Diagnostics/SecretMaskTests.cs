using System.Text.Json.Nodes;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Tests.Diagnostics;

[Parallelizable]
internal sealed class SecretMaskTests
{
    [TestCase("SECRET_KEY_BASE", true)]
    [TestCase("api_token", true)]
    [TestCase("DB_PASSWORD", true)]
    [TestCase("AWS_CREDENTIALS", true)]
    [TestCase("SENTRY_DSN", true)]
    [TestCase("RAILS_ENV", false)]
    [TestCase("PORT", false)]
    public void Name_says_whether_its_value_is_secret(string name, bool isSecret) =>
        Assert.That(SecretMask.IsSecretName(name), Is.EqualTo(isSecret));

    [Test]
    public void Values_of_secrets_are_hidden_wherever_they_turn_up()
    {
        var mask = SecretMask.Of(["API_TOKEN=t0k3n", "RAILS_ENV=production", "LONG_KEY=t0k3n-and-more"]);

        Assert.That(
            mask.Apply("production: login with t0k3n-and-more, then t0k3n failed"),
            Is.EqualTo("production: login with ***, then *** failed"));
    }

    [Test]
    public void Values_too_short_to_be_secret_do_not_blank_the_text() =>
        Assert.That(SecretMask.Of(["KEY=1", "EMPTY_TOKEN=", "PASS"]).Apply("1 of 10"), Is.EqualTo("1 of 10"));

    [TestCase("postgres://shop:s3cr3t@db:5432/shop", "postgres://shop:***@db:5432/shop")]
    [TestCase("at redis://:pw1234@cache and amqp://a:b@c", "at redis://:***@cache and amqp://a:***@c")]
    [TestCase("http://host:80/a@b", "http://host:80/a@b")]
    [TestCase("http://user@host/", "http://user@host/")]
    public void Passwords_in_addresses_are_hidden(string text, string masked) =>
        Assert.That(SecretMask.Empty.Apply(text), Is.EqualTo(masked));

    [Test]
    public void Password_of_an_address_is_hidden_alone_too() =>
        Assert.That(
            SecretMask.Of(["DATABASE=postgres://shop:s3cr3t@db/shop"]).Apply("password s3cr3t is wrong"),
            Is.EqualTo("password *** is wrong"));

    [TestCase("DB_PWD", true)]
    [TestCase("dbpwd", true)]
    [TestCase("JWT", true)]
    [TestCase("AUTH_HEADER", true)]
    [TestCase("HTTP_AUTHORIZATION", true)]
    [TestCase("OAUTH_CLIENT", true)]
    [TestCase("SESSION_COOKIE", true)]
    [TestCase("PRIVATE_PEM", true)]
    [TestCase("PASSWORD_SALT", true)]
    [TestCase("X-Signature", true)]
    [TestCase("DB_CONNECTION_STRING", true)]
    [TestCase("ConnectionStrings__Shop", true)]
    [TestCase("SLACK_WEBHOOK", true)]
    [TestCase("DB_PW", true)]
    [TestCase("PWD", false)]
    [TestCase("OLDPWD", false)]
    [TestCase("GIT_AUTHOR_NAME", false)]
    [TestCase("org.opencontainers.image.authors", false)]
    [TestCase("SPINNER", false)]
    public void Other_usual_names_say_it_too(string name, bool isSecret) =>
        Assert.That(SecretMask.IsSecretName(name), Is.EqualTo(isSecret));

    [Test]
    public void Line_with_written_line_ends_is_hidden_whole()
    {
        var mask = SecretMask.Of(["DB_PWD=p@ss\"word\\rd\nline-two$x"]);

        Assert.That(mask.Apply("p@ss\"word\\rd"), Is.EqualTo("***"));
        Assert.That(mask.Apply("line-two$x, p@ss\"word"), Is.EqualTo("***, ***"));
    }

    [Test]
    public void Secret_in_hexadecimal_digits_is_hidden() =>
        Assert.That(SecretMask.Of(["API_KEY=kl\u00e9!"]).Apply("key 6b6cc3a921 or 6B6CC3A921"), Is.EqualTo("key *** or ***"));

    [Test]
    public void Each_line_of_a_secret_is_hidden()
    {
        var mask = SecretMask.Of(["TLS_KEY=-----BEGIN KEY-----\nMIIEvQIBADAN\r\nAAAABBBBCCCC\n-----END KEY-----\n", "PEM=first-line\\nsecond-line\\n"]);

        Assert.That(mask.Apply("bad key: MIIEvQIBADAN"), Is.EqualTo("bad key: ***"));
        Assert.That(mask.Apply("  AAAABBBBCCCC, second-line"), Is.EqualTo("  ***, ***"));
    }

    [TestCase("p@ss\"w\\rd/1+é <&>'", "{\"v\":\"p@ss\\\"w\\\\rd/1+é <&>'\"}", "{\"v\":\"***\"}", TestName = "Json")]
    [TestCase("p@ss\"w\\rd/1+é <&>'", "p@ss\\\"w\\\\rd\\/1+\\u00e9 <&>'", "***", TestName = "Json_of_php")]
    [TestCase("p@ss\"w\\rd/1+é <&>'", "p@ss\\\"w\\\\rd/1+é \\u003c\\u0026\\u003e'", "***", TestName = "Json_of_go")]
    [TestCase("p@ss\"w\\rd/1+é <&>'", "p@ss\\u0022w\\\\rd/1\\u002B\\u00E9 \\u003C\\u0026\\u003E\\u0027", "***", TestName = "Json_of_net")]
    [TestCase("a b/c@d", "?p=a%20b%2Fc%40d", "?p=***", TestName = "Url")]
    [TestCase("a b/c@d", "p=a+b%2fc%40d", "p=***", TestName = "Form")]
    [TestCase("it's \"$x\"", "echo 'it'\\''s \"$x\"'", "echo '***'", TestName = "Shell_single")]
    [TestCase("it's \"$x\"", "echo \"it's \\\"\\$x\\\"\"", "echo \"***\"", TestName = "Shell_double")]
    [TestCase("it's x", "echo it\\'s\\ x", "echo ***", TestName = "Shell_backslash")]
    [TestCase("a<b>&\"c", "a&lt;b&gt;&amp;&quot;c", "***", TestName = "Html")]
    [TestCase("line1-abc\nline2-abc", "[\"line1-abc\\nline2-abc\"]", "[\"***\"]", TestName = "Line_end_as_escape")]
    public void Escaped_forms_of_a_secret_are_hidden(string secret, string text, string masked) =>
        Assert.That(SecretMask.Of([$"API_KEY={secret}"]).Apply(text), Is.EqualTo(masked));

    [TestCase("")]
    [TestCase("u:")]
    [TestCase("us:")]
    public void Secret_in_base64_is_hidden_wherever_its_groups_begin(string before)
    {
        var text = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(before + "hunter2-hunter2"));

        Assert.That(SecretMask.Of(["X_PASSWORD=hunter2-hunter2"]).Apply(text), Does.Contain("***").And.Length.LessThan(10));
    }

    [TestCase("postgres://user:p@ss/w0rd@db:5432/shop", "postgres://user:***@db:5432/shop")]
    [TestCase("mysql://u:a@b?c#d:e@h/x", "mysql://u:***@h/x")]
    [TestCase("at 'redis://:p/w@c' x", "at 'redis://:***@c' x")]
    [TestCase("https://ghp_0123456789abcdefghij@git.example/x", "https://***@git.example/x")]
    [TestCase("http://[::1]:80/a@b", "http://[::1]:80/a@b")]
    [TestCase("http://host/a:b@c", "http://host/a:b@c")]
    [TestCase("http://host:8080/a:b@c", "http://host:8080/a:b@c")]
    [TestCase("://a:b@c", "://a:b@c")]
    [TestCase("http://", "http://")]
    public void Password_of_an_address_reaches_to_the_last_at(string text, string masked) =>
        Assert.That(SecretMask.Empty.Apply(text), Is.EqualTo(masked));

    [TestCase("DATABASE=postgres://u:p@ss/w0rd@db/x", "auth of p@ss/w0rd", "auth of ***")]
    [TestCase("DATABASE=postgres://u:p@ss/w0rd@db/x", "no such host: w0rd", "no such host: ***")]
    [TestCase("DATABASE=postgres://u:p%40ssword@db/x", "login p@ssword", "login ***")]
    [TestCase("DATABASE=postgres://db/x?user=u&password=hunter2&ssl=on", "login hunter2", "login ***")]
    [TestCase("ADO=Server=db;User=u;Password=a,b c!;", "login a,b c!", "login ***")]
    [TestCase("LIBPQ=host=db password=hunter2", "login hunter2", "login ***")]
    [TestCase("CONFIG={\"db\":{\"password\":\"hunter2\"}}", "login hunter2", "login ***")]
    public void Secret_inside_of_a_value_is_hidden_alone_too(string variable, string text, string masked) =>
        Assert.That(SecretMask.Of([variable]).Apply(text), Is.EqualTo(masked));

    [TestCase("""{"Cmd":["serve","--db-password","hunter 2"]}""")]
    [TestCase("""{"Cmd":["serve","--db-password=hunter 2"]}""")]
    [TestCase("""{"Labels":{"acme.token":"hunter 2"}}""")]
    [TestCase("""{"LogConfig":{"Config":{"splunk-token":"hunter 2"}}}""")]
    [TestCase("""{"Healthcheck":{"Test":["CMD","curl","-u","ada:hunter 2"]}}""")]
    public void Secret_in_a_document_is_hidden(string document) =>
        Assert.That(SecretMask.Of([], JsonNode.Parse(document)!).Apply("with hunter 2!"), Is.EqualTo("with ***!"));

    [TestCase("""{"Healthcheck":{"Test":["CMD-SHELL","curl -H 'Authorization: Bearer hunter2hunter2' x"]}}""")]
    [TestCase("""{"Entrypoint":["sh","-c","API_KEY=hunter2hunter2 exec serve"]}""")]
    [TestCase("""{"Cmd":["curl","-H","X-Api-Key: hunter2hunter2"]}""")]
    public void Secret_in_a_command_line_is_hidden(string document) =>
        Assert.That(SecretMask.Of([], JsonNode.Parse(document)!).Apply("with hunter2hunter2!"), Is.EqualTo("with ***!"));

    [Test]
    public void Secrets_that_overlap_are_hidden_whole() =>
        Assert.That(SecretMask.Of(["A_KEY=abcdef", "B_KEY=defghij"]).Apply("x abcdefghij y"), Is.EqualTo("x *** y"));

    [Test]
    public void Settings_about_secrets_do_not_blank_the_text() =>
        Assert.That(
            SecretMask.Of(["AUTH_PORT=9292", "SESSION_TIMEOUT=3600", "AUTH_ENABLED=true"]).Apply("true: 9292 after 3600 s"),
            Is.EqualTo("true: 9292 after 3600 s"));

    [Test]
    [CancelAfter(20_000)]
    public void Text_full_of_separators_stays_cheap()
    {
        var text = string.Concat(Enumerable.Repeat("a://", 250_000));

        Assert.That(SecretMask.Of([$"K_KEY={text}"]).Apply(text + "@"), Has.Length.LessThan(10));
    }
}
