using System.Text.Json.Nodes;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Tests.Diagnostics;

[TestFixture]
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

    [Test]
    public void Environment_in_answers_is_hidden_whole()
    {
        var document = JsonNode.Parse("""{"ContainerConfig":{"Env":["A=1","FLAG","T="],"Image":"x"},"list":[{"env":["B=2"]}]}""");

        SecretMask.MaskEnvironment(document);

        Assert.That(
            document!.ToJsonString(),
            Is.EqualTo("""{"ContainerConfig":{"Env":["A=***","FLAG","T=***"],"Image":"x"},"list":[{"env":["B=***"]}]}"""));
    }
}
