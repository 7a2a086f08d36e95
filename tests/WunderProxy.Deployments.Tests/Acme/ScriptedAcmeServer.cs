using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Acme;

namespace WunderProxy.Deployments.Tests.Acme;

/// <summary>
/// An ACME server that does what a test wants: for what pebble cannot show. Every proof is believed, unless a test says
/// otherwise; signatures are not checked.
/// </summary>
internal sealed class ScriptedAcmeServer : IDisposable
{
    public const string Token = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ";

    private readonly HttpListener _listener = new();
    private readonly TestAuthority _authority = new();
    private readonly TimeProvider _clock;
    private readonly string _base;
    private readonly Task _serving;
    private string _host = "";
    private string _chain = "";
    private bool _isProved;
    private int _nonce;

    public ScriptedAcmeServer(TimeProvider clock)
    {
        _clock = clock;
        var port = FreePort.Next();
        _base = $"http://127.0.0.1:{port}/";
        _listener.Prefixes.Add(_base);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri DirectoryUrl => new(_base + "dir");

    /// <summary>Answers in place of the server: the path to status, content type and body; null leaves the answer to the server.</summary>
    public Func<string, HttpListenerResponse, (int Status, string Type, string Body)?> Script { get; set; } = (_, _) => null;

    /// <summary>Called before the last byte of an answer's body is sent.</summary>
    public Action<string> BeforeLastByte { get; set; } = _ => { };

    /// <summary>Paths of all requests, in order.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Payloads of the orders placed.</summary>
    public List<JsonNode> Orders { get; } = [];

    public TimeSpan Life { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Time that is added to the clock for the start of certificates.</summary>
    public TimeSpan Shift { get; set; }

    /// <summary>Whether the directory names <c>renewalInfo</c>.</summary>
    public bool HasRenewalInfo { get; set; }

    public (DateTimeOffset Start, DateTimeOffset End)? Window { get; set; }

    /// <summary>The page that explains the window.</summary>
    public string? Explanation { get; set; }

    public bool SendsNonces { get; set; } = true;

    public static (int Status, string Type, string Body) Problem(int status, string type, string detail) =>
        (status, "application/problem+json", new JsonObject { ["type"] = "urn:ietf:params:acme:error:" + type, ["detail"] = detail }.ToJsonString());

    public int CountOf(string path) => Requests.Count(one => one == path);

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait();
        _authority.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            try
            {
                await AnswerAsync(context);
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The client went away.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        using var reader = new StreamReader(request.InputStream);
        var text = await reader.ReadToEndAsync();
        var payload = text.Length == 0 ? null : PayloadOf(text);
        var path = request.Url!.AbsolutePath;
        Requests.Add(path);
        if (SendsNonces)
        {
            response.Headers["Replay-Nonce"] = $"nonce{++_nonce}";
        }

        var (status, type, body) = Script(path, response) ?? Answer(path, payload, response);
        response.StatusCode = status;
        response.ContentType = type;
        if (request.HttpMethod != "HEAD")
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            response.ContentLength64 = bytes.Length;
            await response.OutputStream.WriteAsync(bytes.AsMemory(0, Math.Max(0, bytes.Length - 1)));
            await response.OutputStream.FlushAsync();
            BeforeLastByte(path);
            await response.OutputStream.WriteAsync(bytes.AsMemory(Math.Max(0, bytes.Length - 1)));
        }

        response.Close();
    }

    private static JsonNode? PayloadOf(string jws)
    {
        var payload = Base64Url.DecodeFromChars((string)JsonNode.Parse(jws)!["payload"]!);
        return payload.Length == 0 ? null : JsonNode.Parse(payload);
    }

    private (int Status, string Type, string Body) Answer(string path, JsonNode? payload, HttpListenerResponse response)
    {
        switch (path.Trim('/').Split('/')[0])
        {
            case "dir":
                return Json(Directory());
            case "account":
                response.Headers["Location"] = _base + "account/1";
                return Json(new JsonObject { ["status"] = "valid" }, 201);
            case "order" when payload is not null:
                Orders.Add(payload);
                _host = (string)payload["identifiers"]![0]!["value"]!;
                (_isProved, _chain) = (false, "");
                response.Headers["Location"] = _base + "order/1";
                return Json(Order(), 201);
            case "order":
                return Json(Order());
            case "authorization":
                return Json(Authorization());
            case "challenge":
                _isProved = true;
                return Json(new JsonObject { ["status"] = "processing" });
            case "finalize":
                var csr = Base64Url.DecodeFromChars((string)payload!["csr"]!);
                _chain = _authority.Issue(csr, _clock.GetUtcNow() + Shift, Life);
                return Json(Order());
            case "certificate":
                return (200, "application/pem-certificate-chain", _chain);
            case "renewal" when Window is { } window:
                response.Headers["Retry-After"] = "3600";
                return Json(new JsonObject
                {
                    ["suggestedWindow"] = new JsonObject { ["start"] = $"{window.Start:O}", ["end"] = $"{window.End:O}" },
                    ["explanationURL"] = Explanation,
                });
            case "nonce":
                return (200, "text/plain", "");
            default:
                return Problem(404, "malformed", "nothing here");
        }
    }

    private JsonObject Directory()
    {
        var directory = new JsonObject
        {
            ["newNonce"] = _base + "nonce",
            ["newAccount"] = _base + "account",
            ["newOrder"] = _base + "order",
        };
        if (HasRenewalInfo)
        {
            directory["renewalInfo"] = _base + "renewal";
        }

        return directory;
    }

    private JsonObject Order() => new()
    {
        ["status"] = _chain.Length > 0 ? "valid" : _isProved ? "ready" : "pending",
        ["authorizations"] = new JsonArray(_base + "authorization/1"),
        ["finalize"] = _base + "finalize/1",
        ["certificate"] = _base + "certificate/1",
    };

    private JsonObject Authorization() => new()
    {
        ["identifier"] = new JsonObject { ["type"] = "dns", ["value"] = _host },
        ["status"] = _isProved ? "valid" : "pending",
        ["challenges"] = new JsonArray(new JsonObject { ["type"] = "http-01", ["url"] = _base + "challenge/1", ["token"] = Token }),
    };

    private static (int Status, string Type, string Body) Json(JsonObject document, int status = 200) =>
        (status, "application/json", document.ToJsonString());
}
