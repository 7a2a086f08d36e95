using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi;
using WunderProxy.TestSupport;

namespace WunderProxy.Tests.Fleet;

/// <summary>A manager API on the loopback that launches and switches to whatever it is asked for, and remembers the calls.</summary>
internal sealed class ScriptedManagerApi : IDisposable
{
    private readonly ScriptedUpstream _listener = ScriptedUpstream.Start();
    private readonly Lock _lock = new();
    private readonly List<string> _calls = [];
    private readonly List<string> _heads = [];
    private string _served = "";

    public ScriptedManagerApi()
    {
        Address = _listener.EndPoint.ToString()!;
        _ = AnswerAllAsync();
    }

    /// <summary>Where it is, for <c>--manager</c>.</summary>
    public string Address { get; }

    /// <summary>Hash of what it serves; empty for nothing.</summary>
    public string Served
    {
        get
        {
            lock (_lock)
            {
                return _served;
            }
        }
    }

    /// <summary>Method and target of the changing calls, in order.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>The heads of all calls.</summary>
    public IReadOnlyList<string> Heads
    {
        get
        {
            lock (_lock)
            {
                return [.. _heads];
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task AnswerAllAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(RawConnection connection)
    {
        using (connection)
        {
            var head = await connection.ReadHeadAsync();
            var length = head.Split('\n').FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
            var body = length is null
                ? ""
                : await connection.ReadAsync(int.Parse(length.Split(':')[1], CultureInfo.InvariantCulture));
            var answer = Answer(head, body);
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {answer.Length}\r\n\r\n{answer}");
        }
    }

    private string Answer(string head, string hash)
    {
        lock (_lock)
        {
            _heads.Add(head);
            var call = string.Join(' ', head.Split(' ').Take(2));
            if (call == "GET /status")
            {
                return Write(Status(), ApiJson.Context.StatusDocument);
            }

            _calls.Add(call);
            if (call.StartsWith("POST /launch", StringComparison.Ordinal))
            {
                return Write(
                    new LaunchResult(hash, "r", "0123456789abcdef", "10.0.0.2:9292", 32768, "created", 0.25), ApiJson.Context.LaunchResult);
            }

            var isChanged = _served != hash;
            _served = hash;
            return Write(
                new SwitchResult(hash, "r", "0123456789abcdef", "10.0.0.2:9292", 32768, isChanged), ApiJson.Context.SwitchResult);
        }
    }

    private StatusDocument Status() => JsonSerializer.Deserialize(GoldenStatus.Text, ApiJson.Context.StatusDocument)! with
    {
        Upstream = _served.Length == 0
            ? null
            : new UpstreamView("10.0.0.2:9292", "0123456789abcdef", _served, "r", DateTimeOffset.UnixEpoch, "healthy", null),
    };

    private static string Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);
}
