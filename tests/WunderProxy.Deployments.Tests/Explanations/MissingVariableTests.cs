using WunderProxy.Deployments.Explanations.Causes;

namespace WunderProxy.Deployments.Tests.Explanations;

/// <summary>Lines of many kinds of applications that complain about a variable, and lines that do not.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class MissingVariableTests
{
    [TestCase("KeyError: 'DATABASE_URL'", "DATABASE_URL")]
    [TestCase("key not found: \"SECRET_KEY_BASE\" (KeyError)", "SECRET_KEY_BASE")]
    [TestCase("sh: 1: PORT: parameter not set", "PORT")]
    [TestCase("/entry.sh: line 3: API_HOST: unbound variable", "API_HOST")]
    [TestCase("Error: Missing required environment variable: STRIPE_KEY", "STRIPE_KEY")]
    [TestCase("FATAL environment variable REGION is not set", "REGION")]
    [TestCase("required key DB_PASSWORD missing value", "DB_PASSWORD")]
    [TestCase("panic: env: environment variable \"HOST_NAME\" should not be empty: not set", "HOST_NAME")]
    [TestCase("TypeError: process.env.MONGO_URI is undefined", "MONGO_URI")]
    public void Line_that_complains_names_the_variable(string line, string name) =>
        Assert.That(MissingVariable.FindName(line), Is.EqualTo(name));

    [TestCase("ERROR: file not found: config.yml")]
    [TestCase("FATAL: required parameter missing")]
    [TestCase("Listening on 0.0.0.0:9292")]
    [TestCase("the page was not found")]
    [TestCase("ERROR HTTP module not found")]
    [TestCase("DATABASE_URL is postgres://***")]
    public void Line_about_something_else_names_none(string line) => Assert.That(MissingVariable.FindName(line), Is.Null);
}
