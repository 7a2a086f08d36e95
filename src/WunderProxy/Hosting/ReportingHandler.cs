namespace WunderProxy.Hosting;

/// <summary>Tells the reports what came of each request of a library that keeps its failures to itself.</summary>
internal sealed class ReportingHandler(HttpMessageHandler inner, OtlpReports reports) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Tell(base.Send(request, cancellationToken));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Tell(exception);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Tell(await base.SendAsync(request, cancellationToken));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Tell(exception);
            throw;
        }
    }

    private HttpResponseMessage Tell(HttpResponseMessage response)
    {
        reports.Tell(response.IsSuccessStatusCode ? null : $"the receiver answered {(int)response.StatusCode}");
        return response;
    }

    private void Tell(Exception exception) =>
        reports.Tell(exception is OperationCanceledException ? "no answer in time" : (exception.InnerException ?? exception).Message);
}
