using System.Diagnostics;
using System.Globalization;

namespace WunderProxy.ClientApplication;

/// <summary>Git over smart HTTP: git's own CGI program behind a web server (RFC 3875), streamed both ways.</summary>
/// <param name="repositories">The folder of bare repositories.</param>
internal sealed class GitBackend(string repositories)
{
    public async Task ServeAsync(HttpContext context)
    {
        using var backend = Start(context.Request);
        var feeding = FeedAsync(context.Request.Body, backend.StandardInput.BaseStream);
        var output = backend.StandardOutput.BaseStream;
        await ReadHeadAsync(output, context.Response);
        await output.CopyToAsync(context.Response.Body, context.RequestAborted);
        await feeding;
        await backend.WaitForExitAsync(context.RequestAborted);
    }

    private Process Start(HttpRequest request)
    {
        var start = new ProcessStartInfo("git", ["http-backend"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in VariablesOf(request))
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task FeedAsync(Stream body, Stream input)
    {
        await using (input)
        {
            await body.CopyToAsync(input);
        }
    }

    private static async Task ReadHeadAsync(Stream output, HttpResponse response)
    {
        while (await ReadLineAsync(output) is { Length: > 0 } line)
        {
            var (name, value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
            if (name.Equals("Status", StringComparison.OrdinalIgnoreCase))
            {
                response.StatusCode = int.Parse(value.AsSpan(0, 3), CultureInfo.InvariantCulture);
            }
            else
            {
                response.Headers.Append(name, value);
            }
        }
    }

    // By bytes: what follows the head is a pack, and belongs to the body.
    private static async Task<string> ReadLineAsync(Stream output)
    {
        var line = new List<char>();
        var one = new byte[1];
        while (await output.ReadAsync(one) == 1 && one[0] != '\n')
        {
            line.Add((char)one[0]);
        }

        return string.Concat(line).TrimEnd('\r');
    }

    private Dictionary<string, string> VariablesOf(HttpRequest request)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GIT_PROJECT_ROOT"] = repositories,
            ["GIT_HTTP_EXPORT_ALL"] = "1",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["REMOTE_USER"] = "test",
            ["REMOTE_ADDR"] = "127.0.0.1",
            ["REQUEST_METHOD"] = request.Method,
            ["PATH_INFO"] = request.Path.Value!["/git".Length..],
            ["QUERY_STRING"] = request.QueryString.Value!.TrimStart('?'),
            ["CONTENT_TYPE"] = request.ContentType ?? string.Empty,
            ["HTTP_CONTENT_ENCODING"] = request.Headers.ContentEncoding.ToString(),
            ["GIT_PROTOCOL"] = request.Headers["Git-Protocol"].ToString(),
        };
        if (request.ContentLength is { } length)
        {
            variables["CONTENT_LENGTH"] = length.ToString(CultureInfo.InvariantCulture);
        }

        return variables;
    }
}
