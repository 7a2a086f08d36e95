namespace WunderProxy.ManagerApi.Explanations;

/// <summary><c>GET /explain?what=</c>: says in words what went wrong, with the evidence; text unless JSON is accepted.</summary>
internal sealed class ExplainRoute(Explainer explainer)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var explanation = await explainer.ExplainAsync(WhatOf(request), request.HasRights, cancellationToken);
        return request.WantsJson
            ? ApiResponse.OfJson(explanation, ApiJson.Context.ExplanationDocument)
            : ApiResponse.OfText(ExplanationText.Write(explanation));
    }

    private static string? WhatOf(ApiRequest request) =>
        !request.Query.TryGetValue("what", out var what) || what.Length == 0 ? null
        : ExplainedMatter.All.Contains(what, StringComparer.Ordinal) ? what
        : throw new ApiException(400, ApiErrorCode.BadWhat, $"what: '{what}' is not one of {string.Join(", ", ExplainedMatter.All)}");
}
