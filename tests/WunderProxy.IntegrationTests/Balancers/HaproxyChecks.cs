using System.Net;
using System.Net.Sockets;
using WunderProxy.IntegrationTests.Differential;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Balancers;

/// <summary>A real HAProxy that checks addresses, each in every form that its manual has, and says what it thinks of them.</summary>
internal sealed class HaproxyChecks : IDisposable
{
    // The forms of the manual (version 2.6): section 4.2, "option httpchk" and "http-check send".
    private static readonly (string Name, string Lines)[] Forms =
    [
        ("default", "option httpchk"),
        ("path", "option httpchk /status"),
        ("get", "option httpchk GET /status"),
        ("head", "option httpchk HEAD /status"),
        ("options", "option httpchk OPTIONS /"),
        ("get11", """option httpchk GET /status HTTP/1.1\r\nHost:\ shop.example"""),
        ("send", "option httpchk\n  http-check send meth GET uri /status"),
        ("send11", "option httpchk\n  http-check send meth GET uri /status ver HTTP/1.1 hdr Host shop.example"),
        ("head11", "option httpchk\n  http-check send meth HEAD uri /status ver HTTP/1.1 hdr Host shop.example"),
        ("star", "option httpchk\n  http-check send meth OPTIONS uri * ver HTTP/1.1 hdr Host shop.example"),
        ("body", "option httpchk\n  http-check send meth GET uri /status ver HTTP/1.1 hdr Host shop.example body ping"),
        ("expect", "option httpchk GET /status\n  http-check expect status 200"),
        ("connect", "option httpchk\n  http-check connect linger\n  http-check send meth GET uri /status\n  http-check expect status 200"),
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wp-haproxy-");
    private RivalProcess? _process;

    private HaproxyChecks() => Front = WunderProxyProcess.FreeEndPoint();

    /// <summary>Where it forwards to the first of the addresses, with <c>option forwardfor</c>.</summary>
    public IPEndPoint Front { get; }

    private UnixDomainSocketEndPoint Stats => new(Path.Combine(_folder.FullName, "stats.sock"));

    /// <summary>Starts it.</summary>
    public static async Task<HaproxyChecks> StartAsync(params IPEndPoint[] checkedAddresses)
    {
        var checks = new HaproxyChecks();
        try
        {
            await checks.RunAsync(checkedAddresses);
            return checks;
        }
        catch
        {
            checks.Dispose();
            throw;
        }
    }

    /// <summary>Waits until every check of every form has ended so.</summary>
    /// <param name="result">As HAProxy says it: <c>L7OK 200</c>.</param>
    public async Task WaitForAsync(string result)
    {
        var seen = Array.Empty<(string Name, string Result)>();
        try
        {
            await Eventually.TrueAsync(result, async () =>
            {
                seen = await ReadAsync();
                return seen.Length > 0 && seen.All(check => check.Result == result);
            });
        }
        catch (AssertionException)
        {
            Assert.Fail(string.Join(", ", seen.Where(check => check.Result != result)));
        }
    }

    public void Dispose()
    {
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task RunAsync(IPEndPoint[] addresses)
    {
        var file = Path.Combine(_folder.FullName, "haproxy.cfg");
        var backends = addresses.SelectMany((address, index) => Forms.Select(form =>
            $"""
            backend {form.Name}-{index}
              {form.Lines}
              server s {address} check inter 100ms fall 1 rise 1

            """));
        await File.WriteAllTextAsync(
            file,
            $"""
            global
              maxconn 128
              stats socket unix@{Stats}
            defaults
              mode http
              timeout connect 5s
              timeout client 10s
              timeout server 10s
              timeout check 5s
            frontend clients
              bind {Front}
              option forwardfor
              default_backend get-0

            """ + string.Concat(backends));
        var process = new RivalProcess(System.Diagnostics.Process.Start(HostProgram.Describe("haproxy", ["-db", "-f", file]))!);
        _process = process;
        await Eventually.TrueAsync("HAProxy listens", () => process.HasExited || File.Exists(Stats.ToString()));
        Assert.That(process.HasExited, Is.False, () => process.Errors);
    }

    private async Task<(string Name, string Result)[]> ReadAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(Stats);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync("show stat\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        string[][] rows =
        [
            .. (await reader.ReadToEndAsync()).TrimStart('#', ' ').Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(',')),
        ];
        var (status, code) = (Array.IndexOf(rows[0], "check_status"), Array.IndexOf(rows[0], "check_code"));
        return [.. rows.Where(row => row[1] == "s").Select(row => (row[0], $"{row[status].TrimStart('*', ' ')} {row[code]}"))];
    }
}
