using System.Net;
using System.Text;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Tests.Docker;

/// <summary>An engine that answers each call by a rule of the test, and remembers what it was asked.</summary>
internal sealed class ScriptedEngine : HttpMessageHandler
{
    private readonly List<(HttpMethod Method, string Start, Func<HttpRequestMessage, HttpResponseMessage> Answer)> _rules = [];
    private readonly Lock _lock = new();
    private readonly List<string> _calls = [];

    /// <summary>What was asked, in order.</summary>
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

    /// <summary>What a call waits for before it is answered.</summary>
    public Func<HttpRequestMessage, Task> Delay { get; set; } = static _ => Task.CompletedTask;

    public string ApiVersion { get; set; } = "1.41";

    public string MinApiVersion { get; set; } = "1.12";

    /// <summary>Answers calls whose path behind the version begins so.</summary>
    public ScriptedEngine On(HttpMethod method, string start, HttpStatusCode status, string body)
    {
        _rules.Add((method, start, _ => Answer(status, Encoding.UTF8.GetBytes(body))));
        return this;
    }

    public ScriptedEngine On(HttpMethod method, string start, Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        _rules.Add((method, start, answer));
        return this;
    }

    public DockerEngineClient CreateClient(TimeProvider? clock = null) =>
        new(this, DockerEndpoint.Parse("unix:///nowhere.sock"), clock ?? TimeProvider.System);

    public static HttpResponseMessage Answer(HttpStatusCode status, byte[] body) =>
        new(status) { Content = new ByteArrayContent(body) };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.PathAndQuery;
        lock (_lock)
        {
            _calls.Add($"{request.Method} {path}");
        }

        if (path == "/version")
        {
            var version = $$"""{"Version":"x","ApiVersion":"{{ApiVersion}}","MinAPIVersion":"{{MinApiVersion}}"}""";
            return Task.FromResult(Answer(HttpStatusCode.OK, Encoding.UTF8.GetBytes(version)));
        }

        var tail = path[path.IndexOf('/', 1)..];
        foreach (var rule in _rules.ToArray())
        {
            if (rule.Method == request.Method && tail.StartsWith(rule.Start, StringComparison.Ordinal))
            {
                return Delay(request) is { IsCompleted: false } delay
                    ? AnswerAsync(delay.WaitAsync(cancellationToken), rule.Answer, request)
                    : Task.FromResult(rule.Answer(request));
            }
        }

        throw new HttpRequestException("connection refused");
    }

    private static async Task<HttpResponseMessage> AnswerAsync(
        Task delay, Func<HttpRequestMessage, HttpResponseMessage> answer, HttpRequestMessage request)
    {
        await delay;
        return answer(request);
    }
}
