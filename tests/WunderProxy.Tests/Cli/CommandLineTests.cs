using System.Net;
using System.Net.Sockets;
using WunderProxy.Cli;

namespace WunderProxy.Tests.Cli;

[Parallelizable]
internal sealed class CommandLineTests
{
    private readonly Dictionary<string, string> _environment = [];
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [TearDown]
    public void Clean()
    {
        _environment.Clear();
        _output.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
    }

    [OneTimeTearDown]
    public void CloseWriters()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [TestCase("statu --manager 127.0.0.1:1", "unknown command 'statu'; did you mean 'status'?")]
    [TestCase("deploi bucket prefix --config a.json --manager 127.0.0.1:1", "unknown command 'deploi'; did you mean 'deploy'?")]
    [TestCase("histroy bucket", "unknown command 'histroy'; did you mean 'history'?")]
    [TestCase("launch", "unknown command 'launch', and without a command BUCKET PREFIX APP are expected")]
    [TestCase("bucket prefix", "unknown command 'bucket', and without a command BUCKET PREFIX APP are expected")]
    [TestCase("bucket prefix app --bogus", "unknown option '--bogus'")]
    public async Task Word_that_is_no_command_is_told_with_the_nearest_one(string line, string expected)
    {
        var code = await RunAsync(line.Split(' '));

        Assert.That(code, Is.EqualTo(2));
        Assert.That(_error.ToString(), Does.StartWith($"wunderproxy: {expected} (see 'wunderproxy"));
    }

    [TestCase("")]
    [TestCase(" ")]
    public async Task Empty_APP_is_refused(string app)
    {
        Assert.That(await RunAsync(["run", "file:/tmp", "prefix", app]), Is.EqualTo(2));
        Assert.That(await RunAsync(["file:/tmp", "prefix", app]), Is.EqualTo(2));
        Assert.That(_error.ToString(), Does.StartWith("wunderproxy: APP is empty: ").And.Not.Contain("unknown"));
    }

    [TestCase("127.0.0.1:1", "127.0.0.1:1")]
    [TestCase("http://127.0.0.1:1", "127.0.0.1:1")]
    [TestCase("unix:/run/a.sock", "unix:/run/a.sock")]
    public async Task Manager_given_twice_is_named(string first, string second)
    {
        var code = await RunAsync(["rollback", "file:/tmp", "prefix", "--manager", first, "--manager", second]);

        Assert.That(code, Is.EqualTo(2));
        Assert.That(_error.ToString(), Does.StartWith($"wunderproxy: --manager {second} is given twice"));
    }

    [TestCase("forward")]
    [TestCase("forward --upstream")]
    [TestCase("forward --upstream nonsense")]
    [TestCase("forward --upstream 127.0.0.1:1 --bogus")]
    [TestCase("forward --upstream 127.0.0.1:1 --bogus value")]
    [TestCase("forward --bogus --upstream 127.0.0.1:1")]
    [TestCase("forward --upstream 127.0.0.1:1 extra")]
    [TestCase("forward --upstream 127.0.0.1:1 --idle-timeout 5")]
    [TestCase("forward --upstream 127.0.0.1:1 --threads 0")]
    [TestCase("forward --upstream 127.0.0.1:1 --threads 257")]
    [TestCase("forward --upstream 127.0.0.1:1 --transport uring")]
    [TestCase("forward --upstream 127.0.0.1:1 --max-header-bytes 8k")]
    [TestCase("forward --upstream 127.0.0.1:1 --trusted-proxy anybody")]
    [TestCase("forward --upstream 127.0.0.1:1 --proxy-protocol private")]
    [TestCase("forward --upstream 127.0.0.1:1 --compress-level best")]
    [TestCase("forward --upstream 127.0.0.1:1 --compress-level small")]
    [TestCase("forward --upstream 127.0.0.1:1 --api-open 10.0.0.0/99")]
    [TestCase("forward --upstream 127.0.0.1:1 --api-mode 0680")]
    [TestCase("forward --upstream 127.0.0.1:1 --api-mode")]
    [TestCase("forward --upstream 127.0.0.1:1 --proxy 127.0.0.1")]
    [TestCase("forward --upstream no.such.host.invalid:1")]
    [TestCase("forward --upstream 127.0.0.1:1 --api 127.0.0.1:0 --api-token-file /no/such/file")]
    [TestCase("forward --upstream 127.0.0.1:1 --tls-certificate a.pem")]
    [TestCase("run file:/tmp prefix app --restrict-bind /tmp")]
    [TestCase("run file:/tmp prefix app --restrict-port 80")]
    [TestCase("run file:/tmp prefix app --restrict --restrict-bind tmp")]
    [TestCase("run file:/tmp prefix app --restrict --restrict-bind /no/such/dir")]
    [TestCase("run file:/tmp prefix app --restrict --restrict-port 65536")]
    [TestCase("history")]
    [TestCase("history bucket")]
    [TestCase("history file:/no/such/parent/dir prefix")]
    [TestCase("current file:/tmp prefix everything")]
    [TestCase("deploy file:/tmp prefix --config /no/such/file --manager 127.0.0.1:1")]
    [TestCase("deploy file:/tmp prefix --config /dev/null --manager 127.0.0.1:1")]
    [TestCase("deploy file:/tmp prefix --config /dev/null")]
    [TestCase("deploy file:/tmp prefix --config  --manager 127.0.0.1:1")]
    [TestCase("run file:/tmp prefix app --cfg ")]
    [TestCase("run file:/tmp prefix app --peer-key-file ")]
    [TestCase("forward --upstream 127.0.0.1:1 --error-pages ")]
    [TestCase("status")]
    [TestCase("status --manager ftp://host")]
    [TestCase("explain")]
    [TestCase("diff file:/tmp")]
    [TestCase("explain --manager 127.0.0.1:1 everything")]
    [TestCase("--bogus")]
    public async Task Bad_input_ends_with_one_line_and_code_2(string line)
    {
        var code = await RunAsync(line);

        Assert.That(code, Is.EqualTo(2));
        Assert.That(_error.ToString(), Does.StartWith("wunderproxy: "));
        Assert.That(_error.ToString().TrimEnd('\n'), Does.Not.Contain("\n"));
        Assert.That(_output.ToString(), Is.Empty);
    }

    [TestCase("forward --upstream 127.0.0.1:1 --bogus", "unknown option '--bogus'")]
    [TestCase("forward --upstream 127.0.0.1:1 --idle-timeout 5", "--idle-timeout: '5' is not a duration")]
    [TestCase("forward --upstream 127.0.0.1:1 --threads x", "--threads: 'x' is not a number from 1 to 256")]
    [TestCase("forward --upstream 127.0.0.1:1 --api-mode rw", "--api-mode: 'rw' is not an octal mode")]
    [TestCase("forward --upstream 127.0.0.1:1 --access-log xml", "one of none|text|json")]
    [TestCase("forward --upstream 127.0.0.1:1 --access-log-sample 1.5", "--access-log-sample: '1.5' is not a share from 0 to 1")]
    [TestCase("forward --upstream 127.0.0.1:1 --access-log-sample -1", "--access-log-sample")]
    [TestCase("run file:/tmp prefix app --cfg ", "--cfg: '' is not a file")]
    [TestCase("current file:/tmp prefix everything", "Must be one of: 'image' 'env' 'config'")]
    public async Task Error_names_the_option_and_what_would_do(string line, string expected)
    {
        await RunAsync(line);

        Assert.That(_error.ToString(), Does.Contain(expected));
    }

    [TestCase("status --manager 127.0.0.1:1")]
    [TestCase("explain --manager 127.0.0.1:1")]
    [TestCase("diff file:/tmp/ no-such-prefix-anywhere")]
    [TestCase("current file:/tmp/ no-such-prefix-anywhere")]
    public async Task Query_that_fails_ends_with_code_1(string line)
    {
        Assert.That(await RunAsync(line), Is.EqualTo(1));
    }

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("forward --help")]
    [TestCase("deploy --help")]
    [TestCase("rollback --help")]
    [TestCase("history --help")]
    [TestCase("current --help")]
    [TestCase("status --help")]
    [TestCase("explain --help")]
    [TestCase("diff --help")]
    public async Task Help_ends_with_an_example(string line)
    {
        Assert.That(await RunAsync(line), Is.Zero);
        Assert.That(_output.ToString(), Does.Match("Example:\n  .*wunderproxy "));
    }

    [Test]
    public async Task Version_is_printed()
    {
        Assert.That(await RunAsync("--version"), Is.Zero);
        Assert.That(_output.ToString(), Does.Match(@"^\d+\.\d+\.\d+"));
    }

    [Test]
    public async Task Address_in_use_is_told_with_code_2()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();

        var code = await RunAsync($"forward --upstream 127.0.0.1:1 --proxy {taken.LocalEndPoint}");

        Assert.That(code, Is.EqualTo(2));
        Assert.That(_error.ToString(), Does.Contain($"{taken.LocalEndPoint}: the address is in use"));
    }

    [Test]
    public void Environment_gives_what_the_command_line_does_not()
    {
        _environment["WUNDERPROXY_UPSTREAM"] = "127.0.0.1:9";
        _environment["WUNDERPROXY_PROXY"] = "127.0.0.1:1, 127.0.0.1:2";
        _environment["WUNDERPROXY_IDLE_TIMEOUT"] = "9s";

        var parsed = Parse("forward --idle-timeout 3s");

        Assert.That(parsed.Errors, Is.Empty);
        Assert.That(parsed.GetValue<TimeSpan?>("--idle-timeout"), Is.EqualTo(TimeSpan.FromSeconds(3)));
        Assert.That(parsed.GetValue<EndPoint[]>("--proxy"), Has.Length.EqualTo(2));
        Assert.That(parsed.GetValue<EndPoint>("--upstream"), Is.EqualTo(new IPEndPoint(IPAddress.Loopback, 9)));
    }

    [Test]
    public void Repeatable_option_on_the_command_line_hides_the_whole_variable()
    {
        _environment["WUNDERPROXY_PROXY"] = "127.0.0.1:1,127.0.0.1:2";

        var parsed = Parse("forward --upstream 127.0.0.1:9 --proxy 127.0.0.1:3");

        Assert.That(parsed.GetValue<EndPoint[]>("--proxy"), Has.Length.EqualTo(1));
    }

    [TestCase("1", true)]
    [TestCase("true", true)]
    [TestCase("0", false)]
    [TestCase("false", false)]
    public void Flag_in_the_environment_is_a_truth_value(string value, bool expected)
    {
        _environment["WUNDERPROXY_JSON"] = value;

        Assert.That(Parse("history bucket prefix").GetValue<bool>("--json"), Is.EqualTo(expected));
    }

    [TestCase("forward --upstream 127.0.0.1:1")]
    [TestCase("run file:/tmp prefix app")]
    public void Peers_are_options_of_run_and_forward(string line)
    {
        _environment["WUNDERPROXY_PEER"] = "10.0.0.2:80,10.0.0.3:80";
        _environment["WUNDERPROXY_PEER_KEY_FILE"] = "/run/secrets/key";

        var parsed = Parse(line);

        Assert.That(parsed.Errors, Is.Empty);
        Assert.That(parsed.GetValue<EndPoint[]>("--peer"), Has.Length.EqualTo(2));
        Assert.That(parsed.GetValue<string>("--peer-key-file"), Is.EqualTo("/run/secrets/key"));
    }

    [Test]
    public async Task Peers_of_the_environment_need_a_key_too()
    {
        _environment["WUNDERPROXY_PEER"] = "10.0.0.2:80";

        Assert.That(await RunAsync("forward --upstream 127.0.0.1:1"), Is.EqualTo(2));
        Assert.That(_error.ToString(), Does.Contain("--peer needs --peer-key-file"));
    }

    [Test]
    public async Task Bad_value_in_the_environment_is_told_like_any_other()
    {
        _environment["WUNDERPROXY_THREADS"] = "many";

        Assert.That(await RunAsync("forward --upstream 127.0.0.1:1"), Is.EqualTo(2));
        Assert.That(_error.ToString(), Does.Contain("--threads: 'many'"));
    }

    [Test]
    public void Empty_variable_counts_as_none()
    {
        _environment["WUNDERPROXY_THREADS"] = "";

        Assert.That(Parse("forward --upstream 127.0.0.1:1").GetValue<int?>("--threads"), Is.Null);
    }

    [Test]
    public void Value_that_looks_like_an_option_is_no_argument()
    {
        var parsed = Parse("forward --upstream=unix:/run/a=b.sock");

        Assert.That(parsed.GetValue<EndPoint>("--upstream")!.ToString(), Is.EqualTo("/run/a=b.sock"));
    }

    private System.CommandLine.ParseResult Parse(string line) => NewCommandLine().Parse(line.Split(' '));

    private Task<int> RunAsync(string line) => RunAsync(line.Split(' '));

    private async Task<int> RunAsync(string[] arguments)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await NewCommandLine().RunAsync(arguments, deadline.Token);
    }

    private CommandLine NewCommandLine() => new(_output, _error, name => _environment.GetValueOrDefault(name));
}
