using WunderProxy.Cli;
using WunderProxy.Instance;

namespace WunderProxy.Tests.Cli;

/// <summary>The token of the manager API as an operator gives it.</summary>
internal sealed class TokenOptionTests
{
    private const string Forward = "forward|--upstream|127.0.0.1:1|--proxy|127.0.0.1:0|--api|127.0.0.1:0";

    private readonly Dictionary<string, string> _environment = [];
    private readonly StringWriter _error = new();

    [TearDown]
    public void Clean()
    {
        _environment.Clear();
        _error.GetStringBuilder().Clear();
    }

    [OneTimeTearDown]
    public void Close() => _error.Dispose();

    [TestCase("--api-token|", "--api-token is empty")]
    [TestCase("--api-token| ", "--api-token is empty")]
    [TestCase("--api-token|\n", "--api-token is empty")]
    [TestCase("--api-token|two words", "--api-token has a blank")]
    [TestCase("--api-token-file|", "--api-token-file is empty")]
    [TestCase("--api-token-file|/no/such/file", "/no/such/file")]
    [TestCase("--api-token-file|/dev/null", "/dev/null")]
    [TestCase("--api-token|a|--api-token-file|b", "give one of them")]
    public async Task Token_that_is_none_ends_the_start_and_names_the_option(string options, string expected)
    {
        Assert.That(await RunAsync($"{Forward}|{options}"), Is.EqualTo(ExitCode.Usage));
        Assert.That(_error.ToString(), Does.Contain(expected));
    }

    [TestCase("WUNDERPROXY_API_TOKEN", "")]
    [TestCase("WUNDERPROXY_API_TOKEN", "  \n")]
    [TestCase("WUNDERPROXY_API_TOKEN_FILE", "")]
    [TestCase("WUNDERPROXY_API_TOKEN_FILE", " ")]
    [TestCase("WUNDERPROXY_PEER_KEY_FILE", "")]
    public async Task Empty_variable_ends_the_start_and_is_named(string variable, string value)
    {
        _environment[variable] = value;

        Assert.That(await RunAsync(Forward), Is.EqualTo(ExitCode.Usage));
        Assert.That(_error.ToString(), Does.Contain($"{variable} is empty"));
    }

    [TestCase("deploy|file:/tmp|p|--config|/dev/null|--manager|127.0.0.1:1|--api-token|")]
    [TestCase("rollback|file:/tmp|p|--manager|127.0.0.1:1|--api-token|")]
    [TestCase("status|--manager|127.0.0.1:1|--api-token|")]
    public async Task Empty_token_is_an_error_of_every_command(string line)
    {
        Assert.That(await RunAsync(line), Is.EqualTo(ExitCode.Usage));
    }

    [Test]
    public async Task Token_on_the_command_line_is_warned_of_and_not_shown()
    {
        await RunAsync("status|--manager|127.0.0.1:1|--api-token|visible-secret");

        Assert.That(
            _error.ToString(),
            Does.Contain("warning: --api-token on the command line is visible").And.Contain("--api-token-file")
                .And.Contain("WUNDERPROXY_API_TOKEN").And.Not.Contain("visible-secret"));
    }

    [Test]
    public async Task Token_in_the_environment_may_end_with_a_line_end_and_draws_no_warning()
    {
        _environment["WUNDERPROXY_API_TOKEN"] = "secret\n";

        Assert.That(await RunAsync("status|--manager|127.0.0.1:1"), Is.EqualTo(ExitCode.Failure));
        Assert.That(_error.ToString(), Does.Not.Contain("warning"));
    }

    [Test]
    public async Task Command_line_wins_over_the_environment_whichever_form_it_has()
    {
        _environment["WUNDERPROXY_API_TOKEN_FILE"] = "/no/such/file";

        Assert.That(await RunAsync("status|--manager|127.0.0.1:1|--api-token|secret"), Is.EqualTo(ExitCode.Failure));
        Assert.That(_error.ToString(), Does.Not.Contain("/no/such/file"));
    }

    [TestCase("a\u001b[31mb")]
    [TestCase(" ")]
    public async Task Deployer_must_have_a_printable_name(string by)
    {
        Assert.That(
            await RunAsync($"rollback|file:/tmp|p|--manager|127.0.0.1:1|--by|{by}"), Is.EqualTo(ExitCode.Usage));
        Assert.That(_error.ToString(), Does.Contain("--by").And.Not.Contain("\u001b"));
    }

    private Task<int> RunAsync(string line) =>
        new CommandLine(TextWriter.Null, _error, _environment.GetValueOrDefault).RunAsync(line.Split('|'));
}
