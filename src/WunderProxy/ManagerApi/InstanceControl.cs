using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Instance;
using WunderProxy.ManagerApi.Events;

namespace WunderProxy.ManagerApi;

/// <summary>
/// Pauses, resumes, drains and undrains the instance, records each change as an event, and answers with the resulting
/// state.
/// </summary>
internal sealed class InstanceControl(
    ProxyApplication application, InstanceState instance, IContainerLifecycle? lifecycle, StatusReader status, EventHub hub)
{
    public Task<ApiResponse> PauseAsync(string by, CancellationToken cancellationToken)
    {
        application.Pause();
        return RecordAsync("pause", by, cancellationToken);
    }

    public Task<ApiResponse> ResumeAsync(string by, CancellationToken cancellationToken)
    {
        application.Resume();
        return RecordAsync("resume", by, cancellationToken);
    }

    public Task<ApiResponse> DrainAsync(string by, CancellationToken cancellationToken)
    {
        instance.IsDraining = true;
        return RecordAsync("drain", by, cancellationToken);
    }

    public Task<ApiResponse> UndrainAsync(string by, CancellationToken cancellationToken)
    {
        instance.IsDraining = false;
        return RecordAsync("undrain", by, cancellationToken);
    }

    private async Task<ApiResponse> RecordAsync(string type, string by, CancellationToken cancellationToken)
    {
        if (lifecycle is not null)
        {
            await lifecycle.RecordEventAsync(type, by, string.Empty, cancellationToken);
        }
        else
        {
            hub.Note(type, by);
        }

        var state = new StateDocument(status.Read().Status, application.IsPaused, instance.IsDraining);
        return ApiResponse.OfJson(state, ApiJson.Context.StateDocument) with { Outcome = new ApiOutcome(state.Status) };
    }
}
