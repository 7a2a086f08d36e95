using System.Globalization;
using System.Net;

namespace WunderProxy.Deployments.Docker;

/// <summary>Sees every answer of the engine before the library does.</summary>
/// <param name="inner">Carries the calls.</param>
/// <param name="heard">Called for each answer, whatever its status.</param>
internal sealed class EngineHandler(HttpMessageHandler inner, Action heard) : DelegatingHandler(inner)
{
    /// <summary>Most bytes of an error's body.</summary>
    private const int MaxErrorBytes = 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified)
        {
            heard();
            return response;
        }

        try
        {
            await CheckAsync(response, cancellationToken);
            heard();
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads the body of an error with the call's token and a limit in size, because the library reads the body of a
    /// streamed call's error with neither; and refuses a redirect, which the library would take for success.
    /// </summary>
    private static async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status < 400)
        {
            throw new HttpRequestException(string.Create(
                CultureInfo.InvariantCulture, $"status {status}, which no Docker engine answers with"));
        }

        await response.Content.LoadIntoBufferAsync(MaxErrorBytes, cancellationToken);
    }
}
