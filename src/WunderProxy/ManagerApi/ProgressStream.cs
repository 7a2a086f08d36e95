using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>Runs a deploy or rollback and answers with a line of JSON for each step.</summary>
internal static class ProgressStream
{
    /// <summary>
    /// Starts the operation. If it fails before its first step, the answer is an ordinary error with its own status,
    /// since no byte has been sent yet.
    /// </summary>
    public static async ValueTask<ApiResponse> AnswerAsync(
        Func<IProgress<DeploymentProgress>, Task<DeployResult>> operation)
    {
        var steps = Channel.CreateUnbounded<DeploymentProgress>();
        var running = RunAsync(operation, steps.Writer);
        if (!await steps.Reader.WaitToReadAsync())
        {
            await running;
        }

        return ApiResponse.OfLines(LinesAsync(steps.Reader, running), OutcomeAsync(running));
    }

    private static async Task<DeployResult> RunAsync(
        Func<IProgress<DeploymentProgress>, Task<DeployResult>> operation, ChannelWriter<DeploymentProgress> steps)
    {
        try
        {
            return await operation(new StepWriter(steps));
        }
        finally
        {
            steps.TryComplete();
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync(
        ChannelReader<DeploymentProgress> steps,
        Task<DeployResult> running,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var step in steps.ReadAllAsync(cancellationToken))
        {
            yield return Line(step, ApiJson.Context.DeploymentProgress);
        }

        yield return await LastLineAsync(running);
    }

    private static async Task<ReadOnlyMemory<byte>> LastLineAsync(Task<DeployResult> running)
    {
        try
        {
            return Line(new FinalLine(await running), ApiJson.Context.FinalLine);
        }
        catch (DeploymentException exception)
        {
            return Line(ApiException.From(exception).ToError(), ApiJson.Context.ApiError);
        }
        catch (Exception)
        {
            // The head has already been sent with status 200, so only the last line can report the failure.
            return Line(new ApiError(ApiErrorCode.Internal, "the call failed; the log has the reason", null), ApiJson.Context.ApiError);
        }
    }

    private static async Task<ApiOutcome> OutcomeAsync(Task<DeployResult> running)
    {
        try
        {
            var result = await running;
            return OutcomeOf(result);
        }
        catch (DeploymentException exception)
        {
            return new ApiOutcome(exception.Message, exception.Code);
        }
        catch (Exception exception)
        {
            return new ApiOutcome(exception.ToString(), ApiErrorCode.Internal);
        }
    }

    /// <summary>Returns how a successful deploy or rollback ended, for the audit.</summary>
    public static ApiOutcome OutcomeOf(DeployResult result) => new(
        $"{result.Revision} in {result.Container[..Math.Min(8, result.Container.Length)]} at {result.Address}, {result.Method}",
        Revision: result.Revision);

    private static ReadOnlyMemory<byte> Line<T>(T value, JsonTypeInfo<T> type) =>
        (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(value, type), (byte)'\n'];

    /// <summary>Passes steps on in order, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class StepWriter(ChannelWriter<DeploymentProgress> steps) : IProgress<DeploymentProgress>
    {
        public void Report(DeploymentProgress value) => steps.TryWrite(value);
    }
}
