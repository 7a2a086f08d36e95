using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;

namespace WunderProxy.Sample;

/// <summary>Who we are, how we feel, and the ways to change it.</summary>
internal static class ApplicationRoutes
{
    public static void Map(WebApplication app, SampleSettings settings)
    {
        var health = settings.InitialHealth;
        app.MapGet("/", () => Page(settings.Revision));
        app.MapGet("/up", () => TypedResults.Text($"{settings.Revision}\n", statusCode: Volatile.Read(ref health)));
        app.MapPost("/health/{code:int:range(200,599)}", (int code) => { Volatile.Write(ref health, code); });
        app.MapGet("/slow", SlowAsync);
        app.MapGet("/headers", WriteHeadersAsync);
        app.MapGet("/env/{name}", (string name) => Environment.GetEnvironmentVariable(name) is { } value
            ? TypedResults.Text(value)
            : Results.NotFound());
        app.MapMethods("/status/{code:int:range(200,599)}", ["GET", "POST"], (int code) => TypedResults.StatusCode(code));
        app.MapMethods("/exit", ["GET", "POST"], (int? code) => Environment.Exit(code ?? 0));
    }

    private static ContentHttpResult Page(string revision)
    {
        var name = WebUtility.HtmlEncode(revision);
        return TypedResults.Text(
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Sample {name}</title></head>
            <body><h1>Sample application</h1><p>revision <b id="revision">{name}</b> on {Environment.MachineName}</p></body></html>

            """,
            "text/html; charset=utf-8");
    }

    private static async Task<string> SlowAsync(int ms, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(ms), TimeProvider.System, cancellationToken);
        return $"waited {ms} ms\n";
    }

    /// <summary>The header lines as this application received them, one per line.</summary>
    private static async Task WriteHeadersAsync(HttpContext context)
    {
        var request = context.Request;
        await context.Response.WriteAsync($"{request.Method} {request.Path}{request.QueryString} {request.Protocol}\n");
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
            {
                await context.Response.WriteAsync($"{name}: {value}\n");
            }
        }
    }
}
