using System.Globalization;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Puts the errors of the last ten minutes into words.</summary>
internal static class ErrorsSummary
{
    /// <summary>Puts the errors of the last ten minutes and their cause into words.</summary>
    /// <param name="errors">The errors and what happened beside them, for the eyes of the caller.</param>
    /// <param name="now">The present time.</param>
    public static ExplanationDocument Of(ErrorsView errors, DateTimeOffset now)
    {
        var cause = ErrorsJudge.Judge(errors);
        var share = errors.Requests == 0 && errors.Groups.Count == 0
            ? "In the last ten minutes there were no requests."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"In the last ten minutes {errors.ServerErrors} of {errors.Requests} requests ({errors.ErrorShare:P2}) were answered with 5xx.");
        return new ExplanationDocument
        {
            What = ExplainedMatter.Errors,
            At = now,
            Cause = cause.Code,
            Summary = $"{share} {cause.Text}",
            Advice = cause.Advice,
            Errors = errors,
            Missing = errors.Container?.Missing ?? [],
        };
    }
}
